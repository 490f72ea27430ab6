/* SPDX-License-Identifier: Apache-2.0 */

/* Transport ids, and what to tell people when the target that one names can't be attached to. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spdk_transport.h"

bool n4j_spdk_target_is_pci(const struct spdk_nvme_transport_id *trid) {
    return trid->trtype == SPDK_NVME_TRANSPORT_PCIE;
}

bool n4j_spdk_target_is_discovery(const struct spdk_nvme_transport_id *trid) {
    return strcmp(trid->subnqn, SPDK_NVMF_DISCOVERY_NQN) == 0;
}

bool n4j_spdk_target_has_doorbells(const struct spdk_nvme_transport_id *trid) {
    return trid->trtype == SPDK_NVME_TRANSPORT_PCIE || trid->trtype == SPDK_NVME_TRANSPORT_VFIOUSER;
}

static bool is_fabrics(const struct spdk_nvme_transport_id *trid) {
    return trid->trtype == SPDK_NVME_TRANSPORT_TCP || trid->trtype == SPDK_NVME_TRANSPORT_RDMA;
}

static void fill_in_defaults(struct spdk_nvme_transport_id *trid) {
    if (!is_fabrics(trid)) {
        return;
    }
    if (trid->adrfam == 0) {
        bool v6 = strchr(trid->traddr, ':') != NULL;
        trid->adrfam = v6 ? SPDK_NVMF_ADRFAM_IPV6 : SPDK_NVMF_ADRFAM_IPV4;
    }
    if (trid->trsvcid[0] == '\0') {
        snprintf(trid->trsvcid, sizeof(trid->trsvcid),
                 "4420"); /* IANA's port for NVMe over Fabrics */
    }
}

static int check_address(const struct spdk_nvme_transport_id *trid, struct n4j_error *error) {
    unsigned char address[sizeof(struct in6_addr)];
    bool v6 = trid->adrfam == SPDK_NVMF_ADRFAM_IPV6;
    if (!is_fabrics(trid) || inet_pton(v6 ? AF_INET6 : AF_INET, trid->traddr, address) == 1) {
        return 0;
    }
    return n4j_fail(error, -EINVAL, "traddr %s is no %s address (SPDK looks up no names)",
                    trid->traddr, v6 ? "IPv6" : "IPv4");
}

static int check_complete(const struct spdk_nvme_transport_id *trid, struct n4j_error *error) {
    if (!spdk_nvme_transport_available_by_name(trid->trstring)) {
        return n4j_fail(error, -EPROTONOSUPPORT,
                        "the SPDK that nvme4j was built with has no transport %s", trid->trstring);
    }
    if (trid->traddr[0] == '\0') {
        return n4j_fail(error, -EINVAL, "the transport id lacks traddr (%s)",
                        n4j_spdk_target_is_pci(trid) ? "a PCI address, e.g. 0000:01:00.0"
                        : is_fabrics(trid)           ? "an IP address"
                                                     : "the directory of the target's socket");
    }
    if (is_fabrics(trid) && trid->subnqn[0] == '\0') {
        return n4j_fail(
            error, -EINVAL,
            "the transport id lacks subnqn, the subsystem's name ('nvme4j list -r' with "
            "this id asks the target's discovery service)");
    }
    return 0;
}

int n4j_spdk_target_parse(const char *transport_id, struct spdk_nvme_transport_id *trid,
                          struct n4j_error *error) {
    memset(trid, 0, sizeof(*trid));
    n4j_spdk_log_begin();
    int code = spdk_nvme_transport_id_parse(trid, transport_id);
    /* An unknown key is only logged. */
    if (code != 0 || n4j_spdk_log_error()[0] != '\0') {
        return n4j_fail(error, -EINVAL, "bad transport id: %s", n4j_spdk_log_error());
    }
    fill_in_defaults(trid);
    code = check_complete(trid, error);
    return code != 0 ? code : check_address(trid, error);
}

static int check_vfio_user(const struct spdk_nvme_transport_id *trid, struct n4j_error *error) {
    char socket[sizeof(trid->traddr) + sizeof("/cntrl")];
    snprintf(socket, sizeof(socket), "%s/cntrl", trid->traddr);
    if (access(trid->traddr, F_OK) != 0) {
        return n4j_fail(error, -errno,
                        "no vfio-user target at %s: %s (start it, or correct traddr, the directory "
                        "in which it has its socket)",
                        trid->traddr, strerror(errno));
    }
    if (access(socket, F_OK) != 0) {
        return n4j_fail(
            error, -errno,
            "no vfio-user target at %s: it holds no socket named cntrl (start the target, "
            "or add a listener there)",
            trid->traddr);
    }
    if (access(socket, R_OK | W_OK) != 0) {
        return n4j_fail(
            error, -errno,
            "this user may not connect to %s: as root, let the user write to it (chown)", socket);
    }
    return 0;
}

/* Where the kernel's NVMe driver has the drive, SPDK finds none. */
static int check_pci(const struct spdk_nvme_transport_id *trid, struct n4j_error *error) {
    struct spdk_pci_addr address;
    char name[32];
    if (spdk_pci_addr_parse(&address, trid->traddr) != 0 ||
        spdk_pci_addr_fmt(name, sizeof(name), &address) != 0) {
        return n4j_fail(error, -EINVAL, "%s is no PCI address (e.g. 0000:01:00.0)", trid->traddr);
    }
    char path[128];
    snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", name);
    if (access(path, F_OK) != 0) {
        return n4j_fail(error, -ENODEV,
                        "there is no PCI device %s ('nvme4j list' shows the drives)", name);
    }
    char driver_link[192];
    char driver[256];
    snprintf(driver_link, sizeof(driver_link), "%s/driver", path);
    ssize_t length = readlink(driver_link, driver, sizeof(driver) - 1);
    driver[length > 0 ? length : 0] = '\0';
    const char *slash = strrchr(driver, '/');
    const char *bound = slash == NULL ? "none" : slash + 1;
    if (strcmp(bound, "vfio-pci") != 0 && strncmp(bound, "uio", 3) != 0 &&
        strcmp(bound, "igb_uio") != 0) {
        return n4j_fail(error, -EBUSY,
                        "PCI device %s has driver %s, and user space needs vfio-pci: as root, run "
                        "'hugepages-setup/hugepages-setup bind %s'",
                        name, bound, name);
    }
    return 0;
}

int n4j_spdk_target_check(const struct spdk_nvme_transport_id *trid, struct n4j_error *error) {
    switch (trid->trtype) {
    case SPDK_NVME_TRANSPORT_VFIOUSER:
        return check_vfio_user(trid, error);
    case SPDK_NVME_TRANSPORT_PCIE:
        return check_pci(trid, error);
    default:
        return 0;
    }
}

/* Status codes of the Connect command, as SPDK logs them. */
static int explain_connect(const struct spdk_nvme_transport_id *trid, struct n4j_error *error) {
    if (n4j_spdk_log_contains("sct 1, sc 130")) {
        return n4j_fail(
            error, -ENOENT,
            "the target at %s:%s has no subsystem %s ('nvme4j list -r' with this id, but "
            "without subnqn, shows those that it offers)",
            trid->traddr, trid->trsvcid, trid->subnqn);
    }
    if (n4j_spdk_log_contains("sct 1, sc 132")) {
        struct spdk_nvme_ctrlr_opts opts;
        spdk_nvme_ctrlr_get_default_ctrlr_opts(&opts, sizeof(opts));
        return n4j_fail(error, -EACCES,
                        "the target at %s:%s does not let this host into subsystem %s: add its NQN "
                        "there, %s, or let any host in",
                        trid->traddr, trid->trsvcid, trid->subnqn, opts.hostnqn);
    }
    if (n4j_spdk_log_contains("sct 1, sc 129")) {
        return n4j_fail(error, -EBUSY,
                        "subsystem %s at %s:%s takes no more controllers: detach another host's",
                        trid->subnqn, trid->traddr, trid->trsvcid);
    }
    return 0;
}

/* What DPDK and SPDK log where a drive can't be had, and what that means to people. */
static const struct pci_cause {
    const char *logged;
    const char *and_logged;
    int code;
    const char *text;
} pci_causes[] = {
    {"VFIO group is not viable", "", -EBUSY,
     "shares its IOMMU group with devices that the kernel uses: bind those, too ('nvme4j "
     "doctor -r' with this id names them)"},
    {"Cannot open /dev/vfio/", "Permission denied", -EACCES,
     "is in a VFIO group that this user may not open: as root, run "
     "'hugepages-setup/hugepages-setup allow USER'"},
    {"DMA remapping", "Cannot allocate memory", -ENOMEM,
     "is to reach more memory than this user may lock (ulimit -l): as root, run "
     "'hugepages-setup/hugepages-setup allow USER', and log in anew"},
    {"Cannot open /dev/vfio/", "Device or resource busy", -EBUSY,
     "is another program's: end that first ('nvme4j doctor -r' with this id, as root, names it)"},
    {"Cannot create lock on device", "", -EBUSY,
     "is another program's: end that first ('nvme4j doctor -r' with this id, as root, names it)"},
    {"could not open /var/tmp/spdk_pci_lock", "", -EACCES,
     "has a lock of another user's, in /var/tmp: end the program that has it, or remove the "
     "file if one that was killed left it ('nvme4j doctor -r' with this id names it)"},
};

static int explain_pci(const struct spdk_nvme_transport_id *trid, struct n4j_error *error) {
    for (size_t i = 0; i < sizeof(pci_causes) / sizeof(pci_causes[0]); i++) {
        const struct pci_cause *cause = &pci_causes[i];
        if (n4j_spdk_log_contains(cause->logged) && n4j_spdk_log_contains(cause->and_logged)) {
            return n4j_fail(error, cause->code, "PCI device %s %s", trid->traddr, cause->text);
        }
    }
    return 0;
}

/* The errno that SPDK's socket layer logs ("connect() failed, errno = 111", or "err ="), or 0. */
static int logged_errno(void) {
    const char *error = strstr(n4j_spdk_log_error(), " err");
    const char *number = error == NULL ? NULL : strstr(error, "= ");
    return number == NULL ? 0 : atoi(number + 2);
}

int n4j_spdk_target_explain(const struct spdk_nvme_transport_id *trid, int code,
                            struct n4j_error *error) {
    int explained = is_fabrics(trid)               ? explain_connect(trid, error)
                    : n4j_spdk_target_is_pci(trid) ? explain_pci(trid, error)
                                                   : 0;
    if (explained != 0) {
        return explained;
    }
    int number = logged_errno();
    if (is_fabrics(trid) && number > 0) {
        return n4j_fail(
            error, -number,
            "no %s target answers at %s:%s: %s (start it, or correct traddr and trsvcid)",
            trid->trstring, trid->traddr, trid->trsvcid, strerror(number));
    }
    if (trid->trtype == SPDK_NVME_TRANSPORT_VFIOUSER && n4j_spdk_log_contains("connect error")) {
        return n4j_fail(error, -ECONNREFUSED, "no vfio-user target listens at %s any more",
                        trid->traddr);
    }
    const char *reason = n4j_spdk_log_error();
    return n4j_fail(
        error, code != 0 && code != -1 ? code : -ENODEV,
        "can't attach to %s %s: %s ('nvme4j doctor -r' with this id looks for the cause)",
        trid->trstring, trid->traddr,
        reason[0] != '\0' ? reason : "SPDK found no controller there");
}
