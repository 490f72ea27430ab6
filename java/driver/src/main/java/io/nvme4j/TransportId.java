// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import io.nvme4j.spec.DiscoveryLogEntry;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A transport id in SPDK's form: {@code key:value} pairs separated by blanks, as in {@code
 * trtype:TCP adrfam:IPv4 traddr:127.0.0.1 trsvcid:4420 subnqn:nqn.2016-06.io.spdk:cnode1 ns:1}.
 *
 * <p>What the keys mean is for the transport to say; this class only finds them.
 *
 * @param text the whole id
 */
public record TransportId(String text) {
    /** Checks that there is a text. */
    public TransportId {
        Objects.requireNonNull(text, "text");
    }

    /** The built-in software controller with its namespace in memory. */
    public static final TransportId EMBEDDED = new TransportId("trtype:EMBEDDED");

    /**
     * How to reach what a discovery service told of.
     *
     * @param entry of the Discovery log page
     * @return empty for transports that there is no trtype for
     */
    public static Optional<TransportId> of(DiscoveryLogEntry entry) {
        String transport =
                switch (entry.transportType()) {
                    case 1 -> "RDMA";
                    case 3 -> "TCP";
                    default -> "";
                };
        String family = entry.addressFamily() == 2 ? "IPv6" : "IPv4";
        return transport.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new TransportId(
                                "trtype:%s adrfam:%s traddr:%s trsvcid:%s subnqn:%s"
                                        .formatted(
                                                transport,
                                                family,
                                                entry.transportAddress(),
                                                entry.transportServiceId(),
                                                entry.subsystemQualifiedName())));
    }

    /**
     * {@return the value of a key, its name in any case; empty where the id hasn't got it}
     *
     * @param key such as {@code traddr}, without the colon
     */
    public Optional<String> get(String key) {
        String prefix = key.toLowerCase(Locale.ROOT) + ":";
        return Arrays.stream(text.trim().split("\\s+"))
                .filter(pair -> pair.toLowerCase(Locale.ROOT).startsWith(prefix))
                .map(pair -> pair.substring(prefix.length()))
                .findFirst();
    }

    /** {@return whether it names the built-in controller} */
    public boolean isEmbedded() {
        return get("trtype").filter("EMBEDDED"::equalsIgnoreCase).isPresent();
    }

    /**
     * {@return the namespace identifier that {@code ns} selects, if it is there}
     *
     * @throws IllegalArgumentException if it is no namespace identifier
     */
    public Optional<Integer> namespaceId() {
        return get("ns").map(TransportId::parseNamespaceId);
    }

    private static int parseNamespaceId(String text) {
        try {
            int id = Integer.parseInt(text);
            if (id > 0) {
                return id;
            }
        } catch (NumberFormatException e) {
            // Same remedy as for a number out of range.
        }
        throw new IllegalArgumentException(
                "\"ns:" + text + "\" is no namespace identifier: a number from 1");
    }

    @Override
    public String toString() {
        return text;
    }
}
