// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The command's packages, classes and methods are small, and packages need each other one way. */
class RoomsTest {
    private static final int MOST_CLASSES = 25;
    private static final int MOST_PARAMETERS = 6;
    private static final int MOST_FIELDS = 15;

    private static final Path SOURCES = Path.of("src/main/java");

    /** What the comment of a class with more fields begins its reason with. */
    private static final String REASON = "has many fields, as";

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.nvme4j.cli");

    @Test
    void noTwoPackagesNeedEachOther() {
        // With those below it taken as one with a package, and each for itself.
        slices().matching("io.nvme4j.cli.(*)..").should().beFreeOfCycles().check(CLASSES);
        slices().matching("io.nvme4j.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void noPackageHasMoreThanOneCanKeepInMind() {
        Map<String, Integer> tooLarge = new TreeMap<>();
        byPackage().forEach((name, classes) -> tooLarge.put(name, classes.size()));
        tooLarge.values().removeIf(size -> size <= MOST_CLASSES);
        assertEquals(Map.of(), tooLarge, "packages of more than " + MOST_CLASSES + " classes");
    }

    /** But for constructors of records, which take what the record has, each by its name. */
    @Test
    void noMethodHasMoreThanSixParameters() {
        List<String> tooMany =
                CLASSES.stream()
                        .flatMap(type -> type.getCodeUnits().stream())
                        .filter(RoomsTest::isWritten)
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
        for (JavaClass type : CLASSES) {
            if (fields(type) > MOST_FIELDS && !source(type).contains(REASON)) {
                unexplained.add(type.getName());
            }
        }
        assertEquals(List.of(), unexplained.stream().sorted().toList());
    }

    private static long fields(JavaClass type) {
        return type.getFields().stream()
                .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
                .count();
    }

    /** Without the breaks of its comments' lines. */
    private static String source(JavaClass type) throws IOException {
        String file = type.getName().replaceFirst("\\$.*", "").replace('.', '/') + ".java";
        return Files.readString(SOURCES.resolve(file)).replaceAll("\\s+\\* ", " ");
    }

    @Test
    void mainIsAloneInTheFirst() {
        assertEquals(List.of("Main"), byPackage().get("io.nvme4j.cli"));
    }

    /** The names of classes that stand for themselves. */
    private static Map<String, List<String>> byPackage() {
        return CLASSES.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .collect(
                        Collectors.groupingBy(
                                JavaClass::getPackageName,
                                TreeMap::new,
                                Collectors.mapping(JavaClass::getSimpleName, Collectors.toList())));
    }
}
