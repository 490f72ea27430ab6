// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The command's packages are small, and need each other one way only. */
class RoomsTest {
    private static final int MOST_CLASSES = 25;

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
