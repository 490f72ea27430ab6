// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.machine;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Devices on the PCI bus. */
public final class PciBus {
    static final String DEVICES = "/sys/bus/pci/devices";

    /** Class and subclass of non-volatile memory controllers. */
    private static final String NVME_CLASS = "0x0108";

    /** nvme1c2n3 is one path of several to the block device nvme1n3. */
    private static final Pattern NAMESPACE = Pattern.compile("(nvme\\d+)(?:c\\d+)?(n\\d+)");

    private static final Pattern ADDRESS =
            Pattern.compile(
                    "(?:(\\p{XDigit}{1,8}):)?(\\p{XDigit}{1,2}):(\\p{XDigit}{1,2})\\.([0-7])");

    private final Machine machine;

    /** That of a machine. */
    public PciBus(Machine machine) {
        this.machine = machine;
    }

    /** The NVMe drives, by address. */
    public List<NvmeDrive> nvmeDrives() {
        return machine.children(DEVICES).stream().filter(this::isNvme).map(this::describe).toList();
    }

    /** An address as the kernel writes it: 01:00.0 becomes 0000:01:00.0. */
    public static String normalize(String address) {
        Matcher matcher = ADDRESS.matcher(address);
        if (!matcher.matches()) {
            return address;
        }
        return "%04x:%02x:%02x.%s"
                .formatted(
                        hex(matcher.group(1)),
                        hex(matcher.group(2)),
                        hex(matcher.group(3)),
                        matcher.group(4));
    }

    private static int hex(@Nullable String digits) {
        return digits == null ? 0 : Integer.parseUnsignedInt(digits, 16);
    }

    /** Whether there is such a device, of any kind. */
    public boolean exists(String address) {
        return machine.exists(DEVICES + "/" + address);
    }

    /** Class of a device, such as 0x010802, or empty. */
    public String pciClass(String address) {
        return machine.text(DEVICES + "/" + address + "/class").orElse("");
    }

    /** Driver that a device is bound to, or empty. */
    public String driver(String address) {
        return machine.linkName(DEVICES + "/" + address + "/driver").orElse("");
    }

    /** Whether it is an NVMe drive. */
    public boolean isNvme(String address) {
        return pciClass(address).startsWith(NVME_CLASS);
    }

    private NvmeDrive describe(String address) {
        String device = DEVICES + "/" + address;
        String kernelName = machine.children(device + "/nvme").stream().findFirst().orElse("");
        String controller = device + "/nvme/" + kernelName;
        return new NvmeDrive(
                address,
                identifier(device + "/vendor") + ":" + identifier(device + "/device"),
                driver(address),
                kernelName,
                kernelName.isEmpty() ? "" : machine.text(controller + "/model").orElse(""),
                kernelName.isEmpty() ? List.of() : namespaces(controller),
                node(machine.number(device + "/numa_node")),
                machine.linkName(device + "/iommu_group").orElse(""));
    }

    private List<String> namespaces(String controller) {
        return machine.children(controller).stream()
                .map(NAMESPACE::matcher)
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1) + matcher.group(2))
                .distinct()
                .toList();
    }

    /** The kernel says -1 where it doesn't know. */
    private static OptionalInt node(OptionalLong number) {
        return number.isPresent() && number.getAsLong() >= 0
                ? OptionalInt.of((int) number.getAsLong())
                : OptionalInt.empty();
    }

    private String identifier(String file) {
        String text = machine.text(file).orElse("?");
        return text.startsWith("0x") ? text.substring(2) : text;
    }
}
