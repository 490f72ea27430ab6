// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.map;

import io.nvme4j.Controller;
import io.nvme4j.Namespace;
import io.nvme4j.TransportId;
import io.nvme4j.cli.console.ExitCode;
import io.nvme4j.cli.console.Subcommand;
import io.nvme4j.cli.text.ByteSize;
import io.nvme4j.map.BlockLayout;
import io.nvme4j.map.DataPointerForm;
import io.nvme4j.map.MappingRules;
import io.nvme4j.map.TransferPlan;
import io.nvme4j.memory.CopyPolicy;
import io.nvme4j.memory.DmaBuffer;
import io.nvme4j.memory.ScatterGatherList;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

import java.io.PrintWriter;
import java.util.List;

/**
 * {@code nvme4j map}: what a transfer becomes, number by number. It has many fields, as each of its
 * options is one.
 */
@Command(
        name = "map",
        description = {
            "Explains what a transfer becomes: its commands, and the PRPs or SGLs of each.",
            "",
            "The memory is real, and so are the addresses that the controller would be given;"
                    + " nothing is read or written."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  nvme4j map --offset 0x124 --length 1M --mdts 128K --scramble",
            "  nvme4j map --offset 0x123 --length 1M --mdts 128K --scramble --pages 2m --sgl",
            "  nvme4j map --range 0+6K --range 8K+2K --scramble",
            "  nvme4j map --range 0+4K --range skip+8K --range 4K+4K --sgl",
            "  nvme4j map --length 1M --metadata 8 --noiob 384 --scramble",
            "  nvme4j map -r 'trtype:PCIE traddr:0000:01:00.0' --length 64K"
        })
public final class MapCommand extends Subcommand {
    /** Memory pages of the built-in controller. */
    enum PageKind {
        /** 4 KiB. */
        SMALL("4K"),
        /** 2 MiB. */
        LARGE("2M");

        private final String text;

        PageKind(String text) {
            this.text = text;
        }

        static PageKind of(String text) {
            for (PageKind kind : values()) {
                if (kind.text.equalsIgnoreCase(text)) {
                    return kind;
                }
            }
            throw new TypeConversionException("'" + text + "' is neither 4k nor 2m");
        }
    }

    /** Bytes that Maximum Data Transfer Size counts in: the smallest memory page. */
    private static final long MDTS_UNIT = 4096;

    private static final List<String> BUILT_IN_ONLY =
            List.of("--pages", "--scramble", "--block", "--sgl", "--metadata", "--extended");

    @Option(
            names = "--offset",
            paramLabel = "<bytes>",
            converter = ByteRange.OffsetConverter.class,
            description = "Where the data begin in their buffer; 0x123 is hexadecimal. Default: 0")
    private long offset;

    @Option(
            names = "--length",
            paramLabel = "<size>",
            converter = ByteSize.class,
            description = "Bytes of data, whole blocks. Default: 128K")
    private long length = 128 << 10;

    @Option(
            names = "--range",
            paramLabel = "<offset+size>",
            converter = ByteRange.Converter.class,
            description =
                    "Several ranges of the buffer, one after the other, in place of --offset"
                            + " and --length; skip+4K is 4K of a read that go nowhere")
    private List<ByteRange> ranges = List.of();

    @Option(
            names = "--lba",
            paramLabel = "<block>",
            description = "First logical block. Default: 0")
    private long lba;

    @Option(
            names = "--pages",
            paramLabel = "4k|2m",
            converter = PageKindConverter.class,
            description = "How much memory is at one run of addresses when scrambled. Default: 4k")
    private PageKind pages = PageKind.SMALL;

    @Option(
            names = "--scramble",
            description = "Give every page an address of its own, as physical memory has")
    private boolean scramble;

    @Option(
            names = "--block",
            paramLabel = "512|4096",
            description = "Bytes in a logical block. Default: 512")
    private int block = 512;

    @Option(
            names = "--mdts",
            paramLabel = "<size>",
            converter = ByteSize.class,
            description =
                    "Most bytes of one command: 4K, 8K, 16K, ... or 0 for no limit. Default: the"
                            + " controller's")
    private @Nullable Long mdts;

    @Option(
            names = "--sgl",
            arity = "0..1",
            paramLabel = "byte|dword",
            fallbackValue = "byte",
            description =
                    "The controller takes SGLs with any alignment, or of multiples of 4."
                            + " Default: none")
    private @Nullable String sgl;

    @Option(
            names = "--form",
            paramLabel = "<form>",
            description = "One form only: ${COMPLETION-CANDIDATES}. Default: the cheapest")
    private @Nullable DataPointerForm form;

    @Option(
            names = "--noiob",
            paramLabel = "<blocks>",
            description = "Optimal I/O boundary, which commands don't cross. Default: none")
    private int noiob;

    @Option(
            names = "--zone",
            paramLabel = "<blocks>",
            description = "Zone size, which commands don't cross. Default: none")
    private int zone;

    @Option(
            names = "--metadata",
            paramLabel = "<bytes>",
            description = "Bytes of metadata of each block, in a buffer of their own. Default: 0")
    private int metadata;

    @Option(
            names = "--extended",
            description = "Metadata follow each block's data, in the same buffer (extended LBAs)")
    private boolean extended;

    @Option(names = "--all", description = "Print every entry of long lists")
    private boolean all;

    @Option(
            names = {"-r", "--transport"},
            paramLabel = "<id>",
            description =
                    "Transport id of a real controller, in place of the built-in one and the"
                            + " options that describe it")
    private @Nullable String transportId;

    MapCommand() {}

    /** Reads 4k and 2m. */
    static final class PageKindConverter implements ITypeConverter<PageKind> {
        @Override
        public PageKind convert(String text) {
            return PageKind.of(text);
        }
    }

    @Override
    public Integer call() {
        TransportId id = transportId(transportId == null ? builtIn() : transportId);
        List<ByteRange> data = ranges.isEmpty() ? List.of(new ByteRange(offset, length)) : ranges;
        check(data);
        try (Controller controller = Controller.attach(id.text())) {
            explain(controller, withBoundaries(namespace(controller, id)), data);
        }
        return ExitCode.OK;
    }

    private void explain(Controller controller, Namespace namespace, List<ByteRange> data) {
        checkBlocks(data.stream().mapToLong(ByteRange::length).sum(), namespace);
        MappingRules rules = rules(controller.mappingRules(), namespace.layout());
        long end = data.stream().mapToLong(ByteRange::end).max().orElse(0);
        PrintWriter out = out();
        try (DmaBuffer buffer = controller.allocate(Math.max(1, end))) {
            ScatterGatherList list = controller.scatterGatherList(CopyPolicy.REFUSE);
            for (ByteRange range : data) {
                if (range.isSkipped()) {
                    list.skip(range.length());
                } else {
                    list.add(buffer, range.offset(), range.length());
                }
            }
            TransferPlan plan = plan(controller, namespace, list, rules);
            new MapReport(out, all).print(controller, rules, data, plan);
            out.flush();
        }
    }

    private TransferPlan plan(
            Controller controller,
            Namespace namespace,
            ScatterGatherList list,
            MappingRules rules) {
        long apart =
                (long) namespace.blocks(list.length()) * namespace.layout().bytesInMetadataBuffer();
        if (apart == 0) {
            return controller.plan(namespace, lba, list, null, rules);
        }
        try (DmaBuffer buffer = controller.allocate(apart)) {
            return controller.plan(namespace, lba, list, buffer, rules);
        }
    }

    private String builtIn() {
        if (metadata < 0 || metadata > 256 || metadata % 4 != 0) {
            throw wrong("--metadata " + metadata + ": a multiple of 4, up to 256");
        }
        if (extended && metadata == 0) {
            throw wrong("--extended: --metadata says how many bytes each block has");
        }
        if (block != 512 && block != 4096) {
            throw wrong("--block " + block + ": 512 or 4096");
        }
        if (sgl != null && !sgl.equals("byte") && !sgl.equals("dword")) {
            throw wrong("--sgl " + sgl + ": byte or dword");
        }
        return "trtype:EMBEDDED traddr:null size:64G"
                + (scramble ? " iova:scrambled" : "")
                + (scramble && pages == PageKind.LARGE ? " iova_page:" + pages.text : "")
                + " block:"
                + block
                + " sgl:"
                + (sgl == null ? "none" : sgl)
                + (metadata == 0 ? "" : " metadata:" + metadata)
                + (metadata == 0 || !extended ? "" : " metadata_mode:extended");
    }

    private void check(List<ByteRange> data) {
        if (data.stream().anyMatch(range -> range.length() == 0)) {
            throw wrong("a range of 0 bytes is nothing to move");
        }
        if (transportId != null) {
            refuse(BUILT_IN_ONLY, "describes the built-in controller, and -r names another");
        }
        if (!ranges.isEmpty()) {
            refuse(List.of("--offset", "--length"), "and --range say the same twice");
        }
        if (lba < 0) {
            throw wrong("--lba " + lba + ": the number of a block");
        }
        if (noiob < 0) {
            throw wrong("--noiob " + noiob + ": a number of blocks");
        }
        if (zone < 0) {
            throw wrong("--zone " + zone + ": a number of blocks");
        }
        if (mdts != null && mdts != 0 && (Long.bitCount(mdts) != 1 || mdts < MDTS_UNIT)) {
            throw wrong("--mdts " + mdts + ": a power of 2, from 4096 on, or 0 for no limit");
        }
    }

    private void refuse(List<String> options, String why) {
        for (String option : options) {
            if (spec().commandLine().getParseResult().hasMatchedOption(option)) {
                throw wrong(option + " " + why);
            }
        }
    }

    private void checkBlocks(long bytes, Namespace namespace) {
        int unit = namespace.layout().bytesInBuffer();
        if (bytes % unit != 0) {
            throw wrong(bytes + " bytes are no whole number of blocks of " + unit + " bytes");
        }
        if (mdts != null && mdts != 0 && mdts < unit) {
            throw wrong("--mdts " + mdts + ": a block has " + unit + " bytes");
        }
    }

    private static Namespace namespace(Controller controller, TransportId id) {
        return id.namespaceId()
                .map(controller::namespace)
                .orElseGet(() -> controller.namespaces().getFirst());
    }

    private Namespace withBoundaries(Namespace namespace) {
        BlockLayout layout = namespace.layout();
        return namespace.withBoundaries(
                noiob == 0 ? layout.optimalIoBoundary() : noiob,
                zone == 0 ? layout.zoneSize() : zone);
    }

    private MappingRules rules(MappingRules own, BlockLayout layout) {
        MappingRules rules = mdts == null ? own : own.withMaximumTransferSize(limit(mdts, layout));
        try {
            return form == null ? rules : rules.only(form);
        } catch (IllegalArgumentException e) {
            throw wrong("--form " + form + ": " + e.getMessage());
        }
    }

    /** Bytes; what is not limited otherwise is by the Number of Logical Blocks. */
    private static long limit(long mdts, BlockLayout layout) {
        return mdts != 0 ? mdts : (long) BlockLayout.MAXIMUM_BLOCKS * layout.bytesInBuffer();
    }
}
