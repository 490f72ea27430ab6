// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.internal.map.Gather;
import io.nvme4j.internal.map.GatherCursor;
import io.nvme4j.internal.map.ListPages;
import io.nvme4j.internal.map.MappedMemory;
import io.nvme4j.internal.map.PageMapper;
import io.nvme4j.internal.map.TransferPlanner;
import io.nvme4j.memory.AsymmetricFence;
import io.nvme4j.memory.BouncePool;
import io.nvme4j.memory.Closings;
import io.nvme4j.memory.DmaMemory;
import io.nvme4j.memory.Holders;
import io.nvme4j.memory.ListMemory;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What callers can call, found by reflection: the public methods and constructors of the public
 * classes, but for what is public only because the library has several packages.
 */
final class PublicInterface {
    private static final Set<String> INTERNAL_PACKAGES =
            Set.of(
                    "io.nvme4j.internal.queue",
                    "io.nvme4j.internal.shim",
                    "io.nvme4j.internal.shim.generated",
                    "io.nvme4j.internal.wait");

    private static final Set<Class<?>> INTERNAL =
            Set.of(
                    AsymmetricFence.class,
                    BouncePool.class,
                    Closings.class,
                    Closings.User.class,
                    Closings.Watch.class,
                    DmaMemory.class,
                    Holders.class,
                    Holders.Kind.class,
                    Gather.class,
                    GatherCursor.class,
                    ListMemory.class,
                    ListPages.class,
                    MappedMemory.class,
                    PageMapper.class,
                    TransferPlanner.class,
                    TransferPlanner.Sink.class);

    private static final Set<String> OF_EVERY_OBJECT = Set.of("equals", "hashCode", "toString");

    private PublicInterface() {}

    /** A method of a class, which may have it from an abstract one; or a constructor. */
    record Call(Class<?> type, Executable executable) {
        boolean isStatic() {
            return executable instanceof Constructor
                    || Modifier.isStatic(executable.getModifiers());
        }

        /** Good arguments. */
        @Nullable Object[] arguments(Things things) {
            return Arrays.stream(executable.getParameters())
                    .map(one -> argument(things, one))
                    .toArray();
        }

        private Object argument(Things things, Parameter parameter) {
            if (type == ProtectionInformation.class && parameter.getType() == Namespace.class) {
                return things.protectedNamespace();
            }
            if (type == DiscoveryService.class && parameter.getType() == String.class) {
                return Things.discoveryId();
            }
            return things.of(parameter.getType(), parameter.getName());
        }

        /** Calls it, on a good receiver. */
        @Nullable Object invoke(Things things, @Nullable Object[] arguments)
                throws ReflectiveOperationException {
            return invokeOn(isStatic() ? null : things.of(type), arguments);
        }

        @Nullable Object invokeOn(@Nullable Object receiver, @Nullable Object[] arguments)
                throws ReflectiveOperationException {
            return executable instanceof Constructor<?> constructor
                    ? constructor.newInstance(arguments)
                    : ((Method) executable).invoke(receiver, arguments);
        }

        @Override
        public String toString() {
            List<String> parameters =
                    Arrays.stream(executable.getParameters())
                            .map(one -> one.getType().getSimpleName() + " " + one.getName())
                            .toList();
            String method = executable instanceof Constructor ? "new" : executable.getName();
            return type.getSimpleName() + "." + method + "(" + String.join(", ", parameters) + ")";
        }
    }

    /** All calls, in an order that is always the same. */
    static List<Call> calls() {
        return classes()
                .flatMap(PublicInterface::calls)
                .sorted(Comparator.comparing(call -> call.type().getName() + call))
                .toList();
    }

    private static Stream<Class<?>> classes() {
        Path library = Path.of(location());
        try (Stream<Path> files = Files.walk(library)) {
            return files
                    .map(file -> library.relativize(file).toString())
                    .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
                    .map(file -> file.substring(0, file.length() - ".class".length()))
                    .<Class<?>>map(file -> load(file.replace('/', '.')))
                    .filter(PublicInterface::isPublic)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static URI location() {
        try {
            return Controller.class.getProtectionDomain().getCodeSource().getLocation().toURI();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, PublicInterface.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isPublic(Class<?> type) {
        for (Class<?> one = type; one != null; one = one.getEnclosingClass()) {
            if (!Modifier.isPublic(one.getModifiers())) {
                return false;
            }
        }
        return !isInternal(type);
    }

    private static boolean isInternal(Class<?> type) {
        return INTERNAL.contains(type) || INTERNAL_PACKAGES.contains(type.getPackageName());
    }

    private static Stream<Call> calls(Class<?> type) {
        if (Modifier.isAbstract(type.getModifiers())) {
            return Stream.empty(); // its methods are those of the classes that have it
        }
        return Stream.concat(
                        Arrays.stream(type.getConstructors()), Arrays.stream(type.getMethods()))
                .filter(PublicInterface::isOwn)
                .filter(PublicInterface::isForCallers)
                .map(executable -> new Call(type, executable));
    }

    /** Whether this library's source has it. */
    private static boolean isOwn(Executable executable) {
        return executable.getDeclaringClass().getPackageName().startsWith("io.nvme4j")
                && !executable.isSynthetic()
                && !OF_EVERY_OBJECT.contains(executable.getName())
                && !(executable.getDeclaringClass().isEnum()
                        && Modifier.isStatic(executable.getModifiers())
                        && Set.of("values", "valueOf").contains(executable.getName()));
    }

    /** What takes or gives something internal is for the library itself. */
    private static boolean isForCallers(Executable executable) {
        boolean gives = executable instanceof Method method && isInternal(method.getReturnType());
        return !gives
                && Arrays.stream(executable.getParameterTypes())
                        .noneMatch(PublicInterface::isInternal);
    }
}
