// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What callers see of the module: exported packages, and what their signatures name. */
class BorderTest {
    private final Set<String> exported = PublicInterface.EXPORTED;

    @Test
    void exportedSignaturesNameExportedTypesOnly() {
        Set<String> leaks = new TreeSet<>();
        for (Class<?> each : exportedClasses()) {
            Stream.concat(Stream.of(each.getGenericSuperclass()), supertypes(each))
                    .forEach(type -> addLeaks(leaks, each.getName(), type));
            members(each)
                    .forEach(
                            member ->
                                    types(member)
                                            .forEach(
                                                    type ->
                                                            addLeaks(
                                                                    leaks,
                                                                    member.toString(),
                                                                    type)));
        }
        assertEquals(Set.of(), leaks);
    }

    @Test
    void aLeakWouldBeFound() {
        Set<String> leaks = new TreeSet<>();
        Stream.of(Planted.class.getMethods())
                .filter(method -> method.getDeclaringClass() == Planted.class)
                .flatMap(BorderTest::types)
                .forEach(type -> addLeaks(leaks, "Planted", type));
        assertEquals(2, leaks.size(), leaks.toString());
    }

    /** Leaks twice: by a parameter, and by a parameter of a type. */
    interface Planted {
        int taken(io.nvme4j.internal.queue.CommandQueue queue);

        List<io.nvme4j.internal.memory.DmaMemory> given();
    }

    @Test
    void everyExportedPackageHasClasses() {
        Set<String> found =
                exportedClasses().stream().map(Class::getPackageName).collect(Collectors.toSet());
        assertEquals(exported, found);
        assertTrue(exported.stream().noneMatch(each -> each.contains("internal")));
    }

    private void addLeaks(Set<String> leaks, String where, Type type) {
        for (Class<?> named : named(type, new ArrayList<>())) {
            if (named.getName().startsWith("io.nvme4j")
                    && !exported.contains(named.getPackageName())) {
                leaks.add(where + " names " + named.getName());
            }
        }
    }

    /** The classes that a type is made of. A variable's bounds were looked at where it is. */
    private static List<Class<?>> named(Type type, List<Class<?>> found) {
        switch (type) {
            case Class<?> named -> found.add(named.isArray() ? innermost(named) : named);
            case ParameterizedType named -> {
                named(named.getRawType(), found);
                Arrays.stream(named.getActualTypeArguments()).forEach(each -> named(each, found));
            }
            case GenericArrayType array -> named(array.getGenericComponentType(), found);
            case WildcardType wildcard ->
                    Stream.of(wildcard.getLowerBounds(), wildcard.getUpperBounds())
                            .flatMap(Arrays::stream)
                            .forEach(each -> named(each, found));
            case TypeVariable<?> variable -> {}
            case null, default -> {}
        }
        return found;
    }

    private static Class<?> innermost(Class<?> array) {
        Class<?> part = array;
        while (part.isArray()) {
            part = part.getComponentType();
        }
        return part;
    }

    private static Stream<Type> supertypes(Class<?> each) {
        return Arrays.stream(each.getGenericInterfaces());
    }

    private static Stream<Member> members(Class<?> each) {
        Stream<Member> all =
                Stream.of(
                                each.getDeclaredMethods(),
                                each.getDeclaredConstructors(),
                                each.getDeclaredFields())
                        .flatMap(Arrays::stream);
        return all.filter(
                member ->
                        !member.isSynthetic()
                                && (member.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED))
                                        != 0);
    }

    private static Stream<Type> types(Member member) {
        return switch (member) {
            case Method method ->
                    Stream.concat(
                            Stream.of(method.getGenericReturnType()),
                            Stream.of(
                                            method.getGenericParameterTypes(),
                                            method.getGenericExceptionTypes())
                                    .flatMap(Arrays::stream));
            case Constructor<?> constructor ->
                    Arrays.stream(constructor.getGenericParameterTypes());
            case Field field -> Stream.of(field.getGenericType());
            default -> throw new AssertionError(member);
        };
    }

    private static List<Class<?>> exportedClasses() {
        return PublicInterface.classes().toList();
    }
}
