// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Dependencies go one way. ARCHITECTURE.md has the picture. */
class ArchitectureTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.nvme4j");

    @Test
    void dependenciesGoOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("engine")
                .definedBy("io.nvme4j.engine")
                .layer("lanes")
                .definedBy("io.nvme4j.internal.engine")
                .layer("api")
                .definedBy("io.nvme4j")
                .layer("queue")
                .definedBy("io.nvme4j.internal.queue")
                .layer("memory")
                .definedBy("io.nvme4j.memory")
                .layer("plan")
                .definedBy("io.nvme4j.map")
                .layer("map")
                .definedBy("io.nvme4j.internal.map")
                .layer("shim")
                .definedBy("io.nvme4j.internal.shim")
                .layer("generated")
                .definedBy("io.nvme4j.internal.shim.generated")
                .layer("error")
                .definedBy("io.nvme4j.error")
                .layer("spec")
                .definedBy("io.nvme4j.spec")
                .layer("wait")
                .definedBy("io.nvme4j.internal.wait")
                .whereLayer("engine")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("lanes")
                .mayOnlyBeAccessedByLayers("engine")
                .whereLayer("api")
                .mayOnlyBeAccessedByLayers("engine", "lanes")
                .whereLayer("queue")
                .mayOnlyBeAccessedByLayers("engine", "lanes", "api")
                .whereLayer("memory")
                .mayOnlyBeAccessedByLayers("engine", "lanes", "api", "queue")
                .whereLayer("plan")
                .mayNotAccessAnyLayer()
                .whereLayer("map")
                .mayOnlyAccessLayers("plan")
                .whereLayer("shim")
                .mayOnlyBeAccessedByLayers("api", "queue", "memory")
                .whereLayer("generated")
                .mayOnlyBeAccessedByLayers("shim")
                .whereLayer("error")
                .mayOnlyAccessLayers("spec")
                .whereLayer("spec")
                .mayNotAccessAnyLayer()
                .whereLayer("wait")
                .mayNotAccessAnyLayer()
                .check(CLASSES);
    }

    @Test
    void durationsBecomeNanosecondsAndSpinsYieldInOnePlace() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.nvme4j.internal.wait")
                .should()
                .callMethod(TimeUnit.class, "convert", Duration.class)
                .check(CLASSES);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.nvme4j.internal.wait")
                .and()
                .doNotHaveSimpleName("Idler") // which yields where its user asks for that
                .should()
                .callMethod(Thread.class, "yield")
                .check(CLASSES);
    }
}
