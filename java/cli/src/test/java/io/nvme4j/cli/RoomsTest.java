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

/** The command's packages need each other one way, and what begins it is alone in the first. */
class RoomsTest {
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
    void mainIsAloneInTheFirst() {
        List<String> names =
                CLASSES.stream()
                        .filter(type -> type.getPackageName().equals("io.nvme4j.cli"))
                        .filter(JavaClass::isTopLevelClass)
                        .map(JavaClass::getSimpleName)
                        .filter(name -> !name.equals("package-info"))
                        .toList();
        assertEquals(List.of("Main"), names);
    }
}
