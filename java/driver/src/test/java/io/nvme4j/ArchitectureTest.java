// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import static io.nvme4j.PublicInterface.EXPORTED;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;

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
                .layer("embedded")
                .definedBy("io.nvme4j.embedded")
                .layer("engine")
                .definedBy("io.nvme4j.engine")
                .layer("bytes")
                .definedBy("io.nvme4j.internal.bytes")
                .layer("lanes")
                .definedBy("io.nvme4j.internal.engine")
                .layer("api")
                .definedBy("io.nvme4j", "io.nvme4j.internal")
                .layer("admin")
                .definedBy("io.nvme4j.internal.admin")
                .layer("queue")
                .definedBy("io.nvme4j.internal.queue")
                .layer("memory")
                .definedBy("io.nvme4j.memory", "io.nvme4j.internal.memory")
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
                .definedBy("io.nvme4j.spec", "io.nvme4j.spec.feature")
                .layer("wait")
                .definedBy("io.nvme4j.internal.wait")
                .layer("sweep")
                .definedBy("io.nvme4j.internal.sweep")
                .whereLayer("embedded")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("engine")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("lanes")
                .mayOnlyBeAccessedByLayers("engine")
                .whereLayer("bytes")
                .mayOnlyBeAccessedByLayers("engine")
                .whereLayer("api")
                .mayOnlyBeAccessedByLayers("embedded", "engine", "bytes", "lanes")
                .whereLayer("admin")
                .mayOnlyBeAccessedByLayers("api")
                .whereLayer("queue")
                .mayOnlyBeAccessedByLayers("engine", "lanes", "api", "admin")
                .whereLayer("memory")
                .mayOnlyBeAccessedByLayers("engine", "bytes", "lanes", "api", "admin", "queue")
                .whereLayer("plan")
                .mayNotAccessAnyLayer()
                .whereLayer("map")
                .mayOnlyAccessLayers("plan")
                .whereLayer("shim")
                .mayOnlyBeAccessedByLayers("embedded", "api", "admin", "queue", "memory")
                .whereLayer("generated")
                .mayOnlyBeAccessedByLayers("shim")
                .whereLayer("error")
                .mayOnlyAccessLayers("spec")
                .whereLayer("spec")
                .mayNotAccessAnyLayer()
                .whereLayer("wait")
                .mayNotAccessAnyLayer()
                .whereLayer("sweep")
                .mayOnlyAccessLayers("wait")
                .check(CLASSES);
    }

    @Test
    void noPackagesGoInACircle() {
        slices().assignedFrom(INSIDES_WITH_THEIR_PACKAGES).should().beFreeOfCycles().check(CLASSES);
    }

    /** An exported package and what it keeps inside, in a package of its own, are one. */
    private static final SliceAssignment INSIDES_WITH_THEIR_PACKAGES =
            new SliceAssignment() {
                @Override
                public SliceIdentifier getIdentifierOf(JavaClass type) {
                    String name = type.getPackageName();
                    String outside = name.replaceFirst("^io\\.nvme4j\\.internal", "io.nvme4j");
                    return SliceIdentifier.of(EXPORTED.contains(outside) ? outside : name);
                }

                @Override
                public String getDescription() {
                    return "packages";
                }
            };

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
                .should()
                .callMethod(Thread.class, "yield")
                .check(CLASSES);
    }
}
