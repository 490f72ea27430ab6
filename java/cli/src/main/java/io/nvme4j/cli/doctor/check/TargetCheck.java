// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.doctor.check;

import io.nvme4j.cli.doctor.situation.Commands;
import io.nvme4j.cli.doctor.situation.Goal;
import io.nvme4j.cli.doctor.situation.Situation;
import io.nvme4j.cli.doctor.situation.Transport;
import io.nvme4j.cli.machine.Machine;
import io.nvme4j.cli.machine.Numbers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Set;

/** Whether the target that is wanted is there, so far as it can be told without attaching. */
public final class TargetCheck implements Check {
    private static final String SUBJECT = "Target";
    private static final int PORT = 4420; // IANA's for NVMe over Fabrics
    private static final int TIMEOUT_MILLIS = 3000;

    @Override
    public List<Finding> look(Situation situation) {
        Finding rdma = rdma(situation);
        if (situation.goal().names(Transport.TCP)) {
            return List.of(rdma, tcp(situation).on(Set.of(Transport.TCP)));
        } else if (situation.goal().names(Transport.VFIOUSER)) {
            return List.of(rdma, vfioUser(situation));
        }
        return List.of(rdma);
    }

    private static Finding tcp(Situation situation) {
        Goal goal = situation.goal();
        String address = goal.value("traddr").orElse("");
        if (address.isEmpty()) {
            return lacks(situation, "an IP address");
        } else if (!isLiteral(address)) {
            return Finding.error("target.address", SUBJECT, address + " is no IP address")
                    .means("SPDK looks up no names")
                    .mendedBy("getent ahosts " + Commands.quoted(address));
        }
        long port = Numbers.decimal(goal.value("trsvcid").orElse("")).orElse(PORT);
        String seen = "%s port %d".formatted(address, port);
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, (int) port), TIMEOUT_MILLIS);
            return Finding.ok("target", SUBJECT, seen + " takes connections");
        } catch (IOException | IllegalArgumentException e) {
            return Finding.error("target.tcp", SUBJECT, seen + ": " + e.getMessage())
                    .means("no target listens there, or the network is in the way")
                    .mendedBy("ss --tcp --listening --numeric (where the target runs)");
        }
    }

    private static boolean isLiteral(String address) {
        try {
            return InetAddress.ofLiteral(address) != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Finding lacks(Situation situation, String what) {
        return Finding.error("target.address", SUBJECT, "the transport id lacks traddr")
                .means("it is " + what)
                .mendedBy(situation.commands().nvme4j("doctor --help"));
    }

    private static Finding vfioUser(Situation situation) {
        Set<Transport> on = Set.of(Transport.VFIOUSER);
        Machine machine = situation.machine();
        String directory = situation.goal().value("traddr").orElse("");
        if (!directory.startsWith("/")) {
            return lacks(situation, "the full path of the directory of the target's socket").on(on);
        }
        String socket = directory + "/cntrl";
        if (!machine.exists(socket)) {
            return Finding.error("target.vfio-user", SUBJECT, "there is no " + socket)
                    .means("a vfio-user target makes that socket")
                    .mendedBy(
                            "rpc.py nvmf_subsystem_add_listener <subsystem> -t VFIOUSER -a "
                                    + directory)
                    .on(on);
        }
        return machine.isWritable(socket)
                ? Finding.ok("target", SUBJECT, socket)
                : Finding.error(
                                "target.rights",
                                SUBJECT,
                                situation.user() + " may not connect to " + socket)
                        .means("who may write to the socket may connect")
                        .mendedBy(
                                situation
                                        .commands()
                                        .asRoot("chown " + situation.user() + " " + socket))
                        .on(on);
    }

    private static Finding rdma(Situation situation) {
        Set<Transport> on = Set.of(Transport.RDMA);
        List<String> devices = situation.machine().children("/sys/class/infiniband");
        if (!devices.isEmpty()) {
            return Finding.ok("rdma", "RDMA", String.join(", ", devices));
        }
        return situation.goal().names(Transport.RDMA)
                ? Finding.error("rdma", "RDMA", "no device")
                        .means("the transport RDMA needs one; over TCP it goes without")
                        .mendedBy("-r 'trtype:TCP ...'")
                        .on(on)
                : Finding.notApplicable("rdma", "RDMA", "no device").on(on);
    }
}
