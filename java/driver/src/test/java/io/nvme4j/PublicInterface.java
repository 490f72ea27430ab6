// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What callers can call, found by reflection: the public methods and constructors of the public
 * classes, but for what is public only because the library has several packages.
 */
final class PublicInterface {
    /** What the module exports to everybody. */
    static final Set<String> EXPORTED = exportedPackages();

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
            if (type == Admin.class && parameter.getType() == Command.class) {
                return things.adminCommand();
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

    private static Set<String> exportedPackages() {
        Path module = Path.of(location()).resolve("module-info.class");
        try (InputStream in = Files.newInputStream(module)) {
            return ModuleDescriptor.read(in).exports().stream()
                    .filter(each -> !each.isQualified())
                    .map(ModuleDescriptor.Exports::source)
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The public classes of exported packages. */
    static Stream<Class<?>> classes() {
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
        return EXPORTED.contains(type.getPackageName());
    }

    private static Stream<Call> calls(Class<?> type) {
        if (Modifier.isAbstract(type.getModifiers())) {
            return Stream.empty(); // its methods are those of the classes that have it
        }
        return Stream.concat(
                        Arrays.stream(type.getConstructors()), Arrays.stream(type.getMethods()))
                .filter(PublicInterface::isOwn)
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
}
