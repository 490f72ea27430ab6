// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

/** Dependencies go one way. ARCHITECTURE.md has the picture. */
class ArchitectureTest {
    @Test
    void dependenciesGoOneWay() {
        JavaClasses classes =
                new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.nvme4j");
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("engine")
                .definedBy("io.nvme4j.engine")
                .layer("api")
                .definedBy("io.nvme4j")
                .layer("queue")
                .definedBy("io.nvme4j.queue")
                .layer("memory")
                .definedBy("io.nvme4j.memory")
                .layer("map")
                .definedBy("io.nvme4j.memory.map")
                .layer("shim")
                .definedBy("io.nvme4j.shim")
                .layer("generated")
                .definedBy("io.nvme4j.shim.generated")
                .layer("error")
                .definedBy("io.nvme4j.error")
                .layer("spec")
                .definedBy("io.nvme4j.spec")
                .whereLayer("engine")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("api")
                .mayOnlyBeAccessedByLayers("engine")
                .whereLayer("queue")
                .mayOnlyBeAccessedByLayers("engine", "api")
                .whereLayer("memory")
                .mayOnlyBeAccessedByLayers("engine", "api", "queue")
                .whereLayer("map")
                .mayNotAccessAnyLayer()
                .whereLayer("shim")
                .mayOnlyBeAccessedByLayers("api", "queue", "memory")
                .whereLayer("generated")
                .mayOnlyBeAccessedByLayers("shim")
                .whereLayer("error")
                .mayOnlyAccessLayers("spec")
                .whereLayer("spec")
                .mayNotAccessAnyLayer()
                .check(classes);
    }
}
