// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import io.nvme4j.Controller;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Methods, classes and packages of the library and the command are not larger than one can keep in
 * mind.
 */
class SizesTest {
    private static final int MOST_PARAMETERS = 6;
    private static final int MOST_FIELDS = 15;
    private static final int MOST_CLASSES = 25;

    private static final Path LIBRARY = Path.of("../driver/src/main/java");
    private static final Path COMMAND = Path.of("src/main/java");

    /** What the comment of a class with more fields begins its reason with. */
    private static final String REASON = "has many fields, as";

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.nvme4j");

    /** But for constructors of records, which take what the record has, each by its name. */
    @Test
    void noMethodHasMoreThanSixParameters() {
        List<String> tooMany =
                ownClasses()
                        .flatMap(type -> type.getCodeUnits().stream())
                        .filter(SizesTest::isWritten)
                        .filter(unit -> unit.getRawParameterTypes().size() > MOST_PARAMETERS)
                        .map(JavaCodeUnit::getFullName)
                        .sorted()
                        .toList();
        assertEquals(List.of(), tooMany);
    }

    private static boolean isWritten(JavaCodeUnit unit) {
        boolean isOfRecord = unit instanceof JavaConstructor && unit.getOwner().isRecord();
        return !isOfRecord && !unit.getModifiers().contains(JavaModifier.SYNTHETIC);
    }

    @Test
    void aClassOfManyFieldsSaysWhy() throws IOException {
        List<String> unexplained = new ArrayList<>();
        for (JavaClass type : ownClasses().toList()) {
            if (fields(type) > MOST_FIELDS && !source(type).contains(REASON)) {
                unexplained.add(type.getName());
            }
        }
        assertEquals(List.of(), unexplained.stream().sorted().toList());
    }

    @Test
    void noPackageHasMoreThanOneCanKeepInMind() {
        Map<String, Long> tooLarge =
                ownClasses()
                        .filter(JavaClass::isTopLevelClass)
                        .filter(type -> !type.getSimpleName().equals("package-info"))
                        .collect(
                                Collectors.groupingBy(
                                        JavaClass::getPackageName, Collectors.counting()));
        tooLarge.values().removeIf(size -> size <= MOST_CLASSES);
        assertEquals(Map.of(), tooLarge);
    }

    private static long fields(JavaClass type) {
        return type.getFields().stream()
                .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
                .count();
    }

    /** Without the breaks of its comments' lines. */
    private static String source(JavaClass type) throws IOException {
        String file = type.getName().replaceFirst("\\$.*", "").replace('.', '/') + ".java";
        boolean isCommands = type.getPackageName().startsWith(SizesTest.class.getPackageName());
        Path sources = isCommands ? COMMAND : LIBRARY;
        return Files.readString(sources.resolve(file)).replaceAll("\\s+\\* ", " ");
    }

    private static Stream<JavaClass> ownClasses() {
        assertTrue(CLASSES.contain(Controller.class) && CLASSES.contain(Main.class));
        return CLASSES.stream().filter(type -> !type.getPackageName().endsWith(".generated"));
    }
}
