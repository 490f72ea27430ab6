// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nvme4j.error.NvmeException;
import io.nvme4j.error.ShimException;
import io.nvme4j.spec.DiscoveryLogEntry;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Optional;

/** What a target offers, and what it says to those who can't attach. */
class DiscoveryServiceTest {
    private static final DiscoveryLogEntry TCP =
            new DiscoveryLogEntry(
                    3, 1, 2, 0, 0, 0xFFFF, 128, 0, "4420", "nqn.2026-01:a", "10.0.0.1");

    private static String service() {
        Optional<String> missing = SpdkTarget.missing();
        assumeTrue(missing.isEmpty(), missing.orElse(""));
        return SpdkTarget.shared().discoveryId();
    }

    @Test
    void theSubsystemIsFoundAndCanBeAttachedTo() {
        try (DiscoveryService service = DiscoveryService.attach(service())) {
            List<DiscoveryLogEntry> entries = service.entries();
            TransportId found =
                    entries.stream()
                            .filter(DiscoveryLogEntry::isNvmSubsystem)
                            .flatMap(entry -> TransportId.of(entry).stream())
                            .findFirst()
                            .orElseThrow();
            assertEquals(SpdkTarget.shared().tcpId(), found.text());
            assertEquals(entries, service.entries());
            try (Controller controller = Controller.attach(found.text())) {
                assertEquals(SpdkTarget.SERIAL_NUMBER, controller.identify().serialNumber());
            }
        }
    }

    @Test
    void aDiscoveryServiceDoesNoIo() {
        String id = service() + " subnqn:" + DiscoveryService.NQN;
        NvmeException e = assertThrows(NvmeException.class, () -> Controller.attach(id));
        assertTrue(e.getMessage().contains("discovery service"), e.getMessage());
        DiscoveryService.attach(id).close(); // as it was left in order
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SERVICE                                         | 22  | nvme4j list -r
                    SERVICE subnqn:nqn.2026-01.io.nvme4j:other      | 2   | no subsystem nqn.2026-01.io.nvme4j:other ('nvme4j list -r'
                    trtype:TCP traddr:127.0.0.1 trsvcid:1 subnqn:a  | 111 | start it, or correct traddr and trsvcid
                    trtype:TCP traddr:localhost subnqn:a            | 22  | localhost is no IPv4 address
                    trtype:PCIE traddr:ffff:ff:1f.7                 | 19  | 'nvme4j list' shows the drives
                    trtype:PCIE traddr:drive                        | 22  | drive is no PCI address
                    trtype:VFIOUSER traddr:/nowhere                 | 2   | start it, or correct traddr
                    """)
    void failedAttachesSayWhatToDo(String id, int errno, String remedy) {
        String whole = id.replace("SERVICE", service());
        ShimException e = assertThrows(ShimException.class, () -> Controller.attach(whole));
        assertTrue(e.getMessage().contains("attaching to \"" + whole + "\""), e.getMessage());
        assertTrue(e.getMessage().contains(remedy), e.getMessage());
        assertEquals(errno, e.errno(), e.getMessage());
    }

    @Test
    void entriesBecomeTransportIds() {
        assertEquals(
                "trtype:TCP adrfam:IPv4 traddr:10.0.0.1 trsvcid:4420 subnqn:nqn.2026-01:a",
                TransportId.of(TCP).orElseThrow().text());
        DiscoveryLogEntry fibreChannel =
                new DiscoveryLogEntry(
                        2, 4, 2, 0, 0, 0xFFFF, 128, 0, "none", "nqn.2026-01:a", "nn-1");
        assertEquals(Optional.empty(), TransportId.of(fibreChannel));
    }
}
