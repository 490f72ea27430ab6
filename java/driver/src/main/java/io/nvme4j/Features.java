// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.spec.AdminOpcode;
import io.nvme4j.spec.feature.Feature;
import io.nvme4j.spec.feature.FeatureCapabilities;
import io.nvme4j.spec.feature.FeatureValue;
import io.nvme4j.spec.feature.Select;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Features of a controller, or of one of its namespaces (Base Specification, "Get Features
 * command", "Set Features command"): {@code admin.features().get(Feature.ARBITRATION)}.
 *
 * <p>Thread-safe. Each call waits for the controller, as {@link Admin#execute(Command)} does, and
 * throws the same; beside that, a {@link io.nvme4j.error.CommandException} says what the controller
 * has against it: that it has no such feature (Invalid Field in Command), that there is no such
 * value, that it can't be saved or changed. Number of Queues, Host Memory Buffer and Keep Alive
 * Timer can't be set ({@link Admin}).
 */
public final class Features {
    /* CDW10: Select (SEL) of Get Features, and Save (SV) of Set Features. */
    private static final int SELECT_SHIFT = 8;
    private static final int SAVE = 1 << 31;

    private final Admin admin;
    private final @Nullable Namespace namespace;

    /**
     * @param namespace whose features these are; null for the controller's
     */
    Features(Admin admin, @Nullable Namespace namespace) {
        this.admin = admin;
        this.namespace = namespace;
    }

    /**
     * {@return the value that is in use}
     *
     * @param <T> what a value of the feature is
     * @param feature of the controller or the namespace
     */
    public <T> T get(Feature<T> feature) {
        return get(feature, Select.CURRENT);
    }

    /**
     * {@return the value that is asked for}
     *
     * @param <T> what a value of the feature is
     * @param feature of the controller or the namespace
     * @param select which
     */
    public <T> T get(Feature<T> feature, Select select) {
        MemorySegment data = MemorySegment.ofArray(new byte[feature.dataLength()]);
        int answer = execute(ask(feature, select.value()), data);
        return feature.reader().apply(new FeatureValue(answer, data));
    }

    /**
     * Asks what may be done with a feature. Controllers know of that which have Select in their
     * Optional NVM Command Support (ONCS); others answer as if they were asked for the value.
     *
     * @param feature of the controller or the namespace
     * @return what the controller says of it
     */
    public FeatureCapabilities capabilities(Feature<?> feature) {
        MemorySegment data = MemorySegment.ofArray(new byte[feature.dataLength()]);
        return FeatureCapabilities.of(execute(ask(feature, FeatureCapabilities.SELECT), data));
    }

    private Command ask(Feature<?> feature, int select) {
        return command(AdminOpcode.GET_FEATURES)
                .cdw(10, feature.identifier() | select << SELECT_SHIFT)
                .cdw(11, feature.selector());
    }

    /**
     * Sets the value that is in use, until the next reset.
     *
     * @param <T> what a value of the feature is
     * @param feature of the controller or the namespace
     * @param value that the feature can have
     */
    public <T> void set(Feature<T> feature, T value) {
        set(feature, value, 0);
    }

    /**
     * Sets the value that is in use, also after resets and power cycles.
     *
     * @param <T> what a value of the feature is
     * @param feature of the controller or the namespace
     * @param value that the feature can have
     */
    public <T> void save(Feature<T> feature, T value) {
        set(feature, value, SAVE);
    }

    private <T> void set(Feature<T> feature, T value, int save) {
        FeatureValue written = feature.writer().apply(Objects.requireNonNull(value, "value"));
        execute(
                command(AdminOpcode.SET_FEATURES)
                        .cdw(10, feature.identifier() | save)
                        .cdw(11, feature.selector() | written.dword()),
                written.data());
    }

    private Command command(AdminOpcode opcode) {
        Command command = new Command(opcode.value());
        return namespace == null ? command : command.namespace(namespace);
    }

    private int execute(Command command, MemorySegment data) {
        AdminCompletion completion =
                data.byteSize() == 0 ? admin.execute(command) : admin.execute(command, data);
        return completion.orThrow().result();
    }
}
