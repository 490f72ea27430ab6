/* SPDX-License-Identifier: Apache-2.0 */

/*
 * nvme4j.h: the whole boundary between Java and C.
 *
 * Opaque handles, two records, functions. Java's bindings are generated from this file; nothing
 * else of the C side is visible to Java.
 *
 * Conventions
 *   - A function that can fail returns 0 (or a count) or a negative errno value. Where it takes
 *     `error` and `error_size`, it also leaves one line of text there that says what was wrong and
 *     how to mend it; the buffer may be NULL with size 0.
 *   - A command that a device refused is not a failed call: its completion record carries the
 *     NVMe status (SCT, SC, DNR, ...).
 *   - Byte order is the host's, which is little-endian, as NVMe's.
 */
#ifndef NVME4J_H
#define NVME4J_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised with every change of a record or of a function's meaning. */
#define N4J_ABI_VERSION 15

/* A controller that the calling process is attached to. */
typedef struct n4j_ctrlr n4j_ctrlr;

/* An embedded controller that other processes attach to. */
typedef struct n4j_server n4j_server;

/* An I/O submission queue and its completion queue. */
typedef struct n4j_qpair n4j_qpair;

/* A drive of the built-in controller that outlives its attaches. */
typedef struct n4j_drive n4j_drive;

/* A fault that an I/O command has met. */
typedef struct n4j_injected {
    uint64_t command;  /* its number in its queue since the drive was opened, from 1 */
    uint64_t lba;      /* where it began; 0 where it has no range */
    uint64_t delay_ns; /* how much longer it took; UINT64_MAX: until it is aborted */
    uint32_t blocks;   /* 0 where it has no range */
    uint16_t queue;    /* QID */
    uint16_t status;   /* SCT, SC and DNR, as n4j_completion.status; 0: none */
    uint8_t opcode;
    uint8_t rule; /* which of the drive's faults, from 0 */
    uint8_t reserved[6];
} n4j_injected;

/* What a recorded command does (n4j_recorded.kind). */
#define N4J_RECORDED_WRITE 0 /* changes blocks */
#define N4J_RECORDED_READ 1  /* has FUA, so that what it has found is durable */
#define N4J_RECORDED_FLUSH 2
#define N4J_RECORDED_SHUTDOWN 3

/* A command of a drive that was recorded. Times are numbers; UINT64_MAX: never. */
typedef struct n4j_recorded {
    uint64_t submitted;     /* the device has fetched it */
    uint64_t completed;     /* the device has posted its completion */
    uint64_t consumed;      /* the host has consumed that, as the device noticed */
    uint64_t lba;           /* where it began; 0 where it has no range */
    uint64_t first_version; /* what it has written; of others, how much there was before */
    uint64_t version_count;
    uint32_t blocks; /* 0 where it has no range */
    uint32_t nsid;
    uint8_t kind; /* N4J_RECORDED_* */
    uint8_t opcode;
    uint8_t is_durable; /* its blocks are, once it has completed */
    uint8_t has_succeeded;
    uint8_t reserved[4];
} n4j_recorded;

/* What a recorded command has written to a block. */
typedef struct n4j_version {
    uint64_t content; /* address of data and metadata */
    uint32_t block;   /* which of n4j_recording.blocks */
    uint32_t piece;   /* those with one number survive a cut together, in flight; 0: alone */
} n4j_version;

/* A block that a recorded command has written. */
typedef struct n4j_touched {
    uint64_t lba;
    uint64_t content; /* address of what it held before */
    uint32_t nsid;
    uint32_t reserved;
} n4j_touched;

/* What a drive has recorded: addresses of arrays, and how many records they have. */
typedef struct n4j_recording {
    uint64_t commands; /* n4j_recorded, in the order of their execution */
    uint64_t command_count;
    uint64_t versions; /* n4j_version, in the same order */
    uint64_t version_count;
    uint64_t blocks; /* n4j_touched */
    uint64_t block_count;
    uint64_t content_size; /* bytes of a block and its metadata */
} n4j_recording;

/*
 * How a submission describes its data (n4j_submission.data_form), and, as a mask of 1 << form, which
 * forms a transport takes (N4J_PROPERTY_DATA_FORMS, N4J_PROPERTY_ADMIN_DATA_FORMS). Any other form is
 * EINVAL, over every transport.
 */
/* No data pointer; `data_length` is 0. */
#define N4J_DATA_NONE 0
/* CDW6..9 hold PRP1 and PRP2 made by the caller; PSDT is 00b. */
#define N4J_DATA_PRP 1
/* CDW6..9 hold SGL1 made by the caller; PSDT is 01b or 10b. */
#define N4J_DATA_SGL 2
/* `data` is the virtual address of one range of DMA memory; the transport builds the data pointer. */
#define N4J_DATA_CONTIGUOUS 3
/*
 * `data` is the address of `fragment_count` n4j_fragment, which need not be DMA memory but must stay
 * as they are until the command completes; the transport builds the data pointer.
 */
#define N4J_DATA_FRAGMENTS 4

/* A range of DMA memory by its virtual address. */
typedef struct n4j_fragment {
    uint64_t address;
    uint64_t length; /* bytes, at least 1 */
} n4j_fragment;

/*
 * Submission record: 128 bytes, two cache lines. The first is the submission queue entry as the
 * NVMe Base Specification lays it out ("Submission Queue Entry"); CID is the transport's to fill in.
 */
typedef struct n4j_submission {
    uint8_t opc;   /* CDW0 bits 7:0 */
    uint8_t flags; /* CDW0 bits 15:8: FUSE (1:0), PSDT (7:6) */
    uint16_t cid;  /* CDW0 bits 31:16, ignored */
    uint32_t nsid;
    uint32_t cdw2;
    uint32_t cdw3;
    uint64_t mptr;
    uint64_t prp1; /* or the first half of SGL1 */
    uint64_t prp2; /* or the second half of SGL1 */
    uint32_t cdw10;
    uint32_t cdw11;
    uint32_t cdw12;
    uint32_t cdw13;
    uint32_t cdw14;
    uint32_t cdw15;

    uint64_t tag;         /* Comes back in the completion; the caller's to choose. */
    uint64_t data;        /* N4J_DATA_CONTIGUOUS and FRAGMENTS: virtual address; else not read. */
    uint32_t data_length; /* Bytes that the command moves, in every form. */
    uint32_t data_form;   /* N4J_DATA_* */

    /*
     * Separate metadata, where the transport builds the data pointer: virtual address of one range of
     * DMA memory, or 0. Where the caller builds it, MPTR holds the IOVA and this is 0: else EINVAL, as
     * over fabrics, which have no separate metadata.
     */
    uint64_t metadata;
    uint32_t metadata_length; /* Bytes at `metadata`; not read where that is 0. */
    uint32_t fragment_count;  /* N4J_DATA_FRAGMENTS; else not read. */
    uint64_t reserved[3];     /* Zero. */
} n4j_submission;

/* Completion record: 16 bytes. */
typedef struct n4j_completion {
    uint64_t tag;
    uint32_t cdw0;
    uint16_t status; /* Completion Queue Entry DW3 bits 31:17 shifted down, without the phase bit:
                        SC 7:0, SCT 10:8, CRD 12:11, M 13, DNR 14. */
    uint16_t error;  /* errno (positive) of a command that never reached the device, else 0. */
} n4j_completion;

/* What n4j_ctrlr_property tells. */
#define N4J_PROPERTY_CAP 1          /* Controller Capabilities register */
#define N4J_PROPERTY_VS 2           /* Version register */
#define N4J_PROPERTY_DATA_FORMS 3   /* mask of 1 << N4J_DATA_*, for I/O commands */
#define N4J_PROPERTY_MAX_TRANSFER 4 /* bytes in one command: transport's limit and MDTS combined */
#define N4J_PROPERTY_MAX_DEPTH 5    /* largest `depth` that n4j_qpair_create takes */
#define N4J_PROPERTY_MAX_QPAIRS 6   /* I/O queue pairs that the controller granted */
#define N4J_PROPERTY_PAGE_SIZE 7    /* bytes in a memory page that PRPs are made for (CC.MPS) */

#define N4J_PROPERTY_ADMIN_DATA_FORMS 8 /* the same for admin commands */
#define N4J_PROPERTY_MAX_FRAGMENTS 9    /* most fragments of N4J_DATA_FRAGMENTS; 0: not taken */
/* n4j_mem_register takes multiples of this many bytes; 0: only allocated memory can be reached. */
#define N4J_PROPERTY_REGISTRATION 10

/* 1: the controller has no thread or processor of its own: it works inside of n4j_qpair_process. */
#define N4J_PROPERTY_INLINE 11

/* 1: its namespaces are in memory or in files that it has made itself: nobody else's data are there. */
#define N4J_PROPERTY_SELF_MADE 12

#define N4J_ADMIN_DEPTH 16 /* admin commands of callers' at once */
/* Tag, as a uint64_t, of what n4j_ctrlr_admin_process tells of an asynchronous event: `cdw0` tells which. */
#define N4J_ADMIN_EVENT (-1)

#define N4J_STANDBY_MAX 65536 /* largest `standby` that n4j_qpair_create takes */

/* Flags of n4j_mem_alloc. */
#define N4J_MEM_IOVA_CONTIGUOUS 1 /* One run of IOVAs, as queues need. */

/* Flags of n4j_mem_register. */
#define N4J_MEM_MAY_VANISH 1 /* A mapped file, which may be truncated under the mapping. */

/* What kind of memory n4j_mem_alloc got. */
#define N4J_MEM_KIND_PAGED 0    /* ordinary pages, not locked (limit on locked memory reached) */
#define N4J_MEM_KIND_LOCKED 1   /* ordinary pages, locked */
#define N4J_MEM_KIND_HUGEPAGE 2 /* hugepages */

#define N4J_NUMA_ANY (-1)

/* N4J_ABI_VERSION of the library as it was built. */
uint32_t n4j_abi_version(void);

/*
 * Writes up to `max` numbers that describe the records as the C compiler laid them out: sizeof
 * n4j_submission, then the offset of each of its fields in order, then the same for n4j_completion and
 * for n4j_fragment. Returns how many there are.
 */
uint32_t n4j_abi_layout(uint32_t *numbers, uint32_t max);

/*
 * Loads what a transport needs (EMBEDDED, PCIE, ...), without starting or attaching to anything. Leaves
 * one line of text: on success which libraries these are, with their versions, else why not.
 * Thread-safe.
 */
int n4j_transport_load(const char *trtype, char *text, size_t text_size);

/*
 * Attaches to the controller that a transport id names: "key:value" pairs separated by blanks, as
 * SPDK's, beginning with trtype. Keys that name no controller (ns) are ignored here.
 *   trtype:EMBEDDED   the built-in software controller
 *   trtype:PCIE, TCP, RDMA, VFIOUSER   through SPDK
 * `options` has pairs of the same form, or is NULL. They are SPDK's, and nothing to the built-in
 * controller. Of SPDK's environment, which starts once in a process, with the first attach:
 *   memory_mb         MiB of hugepages that it reserves
 *   shared_memory_id  processes with the same number, 0 or more, share its memory and drives
 *   iova_mode         va or pa: IOVAs are virtual addresses, or physical ones
 * and of the controller:
 *   header_digest, data_digest   1: of every PDU over TCP
 *   keep_alive_ms                the keep-alive timer of fabrics
 *   no_shutdown_notification     1: detaching does not shut the controller down
 * Blocks until the controller is ready or has failed. Thread-safe. -EINVAL: there is no such key, or no
 * such value. -EALREADY: the environment runs with something else, which the text names.
 */
int n4j_ctrlr_attach(const char *transport_id, const char *options, n4j_ctrlr **ctrlr, char *error,
                     size_t error_size);

/*
 * Detaches: deletes nothing that is still in use. -EBUSY while queue pairs or memory of the
 * controller exist. After 0 the handle is gone.
 */
int n4j_ctrlr_detach(n4j_ctrlr *ctrlr, char *error, size_t error_size);

/*
 * Makes a drive of the built-in controller that outlives its attaches: a transport id with
 * trtype:EMBEDDED and drive:NAME, by which n4j_ctrlr_attach, given the same id, finds it. What is
 * written stays until it is closed, in memory, too. -EEXIST: there is one of that name in this process.
 * Thread-safe.
 */
int n4j_drive_open(const char *transport_id, n4j_drive **drive, char *error, size_t error_size);

/*
 * What has gone wrong with I/O commands of the drive since it was opened, as its faults say, from number
 * `first` (0 is the earliest) on, up to `max` records. Of each queue it is in the order of its commands.
 * Returns how many there were in all, of which the first 2^20 are kept.
 */
uint64_t n4j_drive_history(n4j_drive *drive, uint64_t first, n4j_injected *records, uint64_t max);

/*
 * Cuts the drive's power. When it returns nothing is executed any more; a controller of it that is
 * attached has failed, and stays so until power is back and it is reset. No command waits: what was in
 * flight ends as with any controller that has failed. Does nothing where power is off. Thread-safe.
 */
void n4j_drive_cut_power(n4j_drive *drive);

/*
 * Powers the drive on again, and draws, by its seed, what the cut has left of its blocks. Until then none
 * can attach (-ENODEV). Does nothing where power is on. -ENOMEM or -EIO: the medium can't be written, and
 * power stays off. Thread-safe.
 */
int n4j_drive_power_on(n4j_drive *drive, char *error, size_t error_size);

/*
 * Records what commands do to the drive's blocks, in place of a recording that there is; what they hold
 * now counts as durable. -EINVAL: the drive keeps no account of power cuts. -EBUSY: it has forks.
 */
int n4j_drive_record(n4j_drive *drive, char *error, size_t error_size);

/* A time of the recording: not before anything that has happened, and before all that will. */
uint64_t n4j_drive_moment(n4j_drive *drive);

/*
 * Ends the recording. It stays as it is until the drive records again or is closed. -ENODATA: there is
 * none. -ENOMEM: it is not whole.
 */
int n4j_drive_recording(n4j_drive *drive, n4j_recording *recording, char *error, size_t error_size);

/*
 * Makes a drive of the same kind, with a name of its own in its transport id, that holds one state of
 * the recording after the other without a copy: each block that was touched has the content at the
 * address in `contents`, by its number in the recording, and all others what the drive has. What is
 * written to it stays with it. `contents` is the caller's, who may change it while no command runs, and
 * keeps it until the fork is closed. Nothing is to be written to the drive as long as it has forks.
 */
int n4j_drive_fork(n4j_drive *drive, const char *transport_id, const uint64_t *contents,
                   n4j_drive **fork, char *error, size_t error_size);

/* Forgets what was written to a fork. No command of it may be running. */
void n4j_drive_reset(n4j_drive *fork);

/*
 * -EBUSY while a controller of it is attached, or it has forks. After 0 the handle is gone, and what was
 * in memory.
 */
int n4j_drive_close(n4j_drive *drive, char *error, size_t error_size);

/* N4J_PROPERTY_*; UINT64_MAX where the transport does not know it. */
uint64_t n4j_ctrlr_property(n4j_ctrlr *ctrlr, uint32_t property);

/*
 * One line of text for people about the transport and its memory, e.g. "embedded controller, inline".
 * Lives as long as the handle.
 */
const char *n4j_ctrlr_description(n4j_ctrlr *ctrlr);

/*
 * Resets the controller, or connects to it anew where the connection was lost or the target started
 * again. Every queue pair fails for good: when it is processed next, it hands over each command in
 * flight as completed with ENXIO, then says -ENXIO; after that it can only be destroyed. Waits up to
 * `timeout_ms` until all have been processed so, or destroyed: -EBUSY if not. On any failure the
 * controller has failed, and this may be called again. After 0 queue pairs can be created; memory is
 * where it was. Thread-safe.
 */
int n4j_ctrlr_reset(n4j_ctrlr *ctrlr, uint32_t timeout_ms, char *error, size_t error_size);

/*
 * Submits an admin command, and never waits. Thread-safe. Its completion, with its tag, comes from
 * n4j_ctrlr_admin_process, exactly once; the record may be overwritten when this returns, the data may
 * not before the completion.
 *   -EPERM   a command of the driver's own, over every transport: Create and Delete I/O Submission and
 *            Completion Queue, Asynchronous Event Request, Controller Data Queue, Doorbell Buffer Config,
 *            fabrics commands, and Set Features of Number of Queues, Host Memory Buffer and Keep Alive
 *            Timer
 *   -EINVAL  a data form that is not taken, or data that the transport can't point at
 *   -EBUSY   N4J_ADMIN_DEPTH of them have not been handed over, or a reset is under way: try again
 *   -ENXIO   the controller has failed
 */
int n4j_ctrlr_admin_submit(n4j_ctrlr *ctrlr, const n4j_submission *submission);

/*
 * Hands over up to `max` completions of admin commands, and returns how many. Never blocks.
 * Thread-safe. Of a controller that has failed, or was reset, every command completes with ENXIO, once
 * the controller can't touch its data any more; there is no other way in which one ends without an
 * answer of the controller's. What comes with the tag N4J_ADMIN_EVENT is an asynchronous event.
 */
int n4j_ctrlr_admin_process(n4j_ctrlr *ctrlr, n4j_completion *completions, uint32_t max);

/*
 * Asks the controller to abort the admin command that has this tag, and doesn't wait. Thread-safe. The
 * command completes once, as ever. -ENOENT: no command of that tag is with the controller. -EBUSY: it has
 * to answer earlier Aborts first. -ENOTSUP: the transport can't (vfio-user through SPDK).
 */
int n4j_ctrlr_admin_abort(n4j_ctrlr *ctrlr, uint64_t tag);

/*
 * Disables the controller, which touches no memory when this returns. It has failed: each command in
 * flight is handed over as completed with ENXIO, and only n4j_ctrlr_reset brings it back. Thread-safe.
 */
int n4j_ctrlr_disable(n4j_ctrlr *ctrlr);

/*
 * Allocates zeroed DMA memory that this controller can reach. `alignment` is a power of two, 1 GiB at
 * most; the length is rounded up to whole pages. `numa` is a node of this machine, on which the memory
 * is if there is some left, or N4J_NUMA_ANY. `*kind` becomes N4J_MEM_KIND_*. -EINVAL: an argument is
 * out of range, and the text names it. Thread-safe.
 */
int n4j_mem_alloc(n4j_ctrlr *ctrlr, uint64_t length, uint64_t alignment, int32_t numa,
                  uint32_t flags, void **address, uint32_t *kind, char *error, size_t error_size);

/*
 * Frees memory of n4j_mem_alloc. No command that uses it may be in flight. Thread-safe.
 */
int n4j_mem_free(n4j_ctrlr *ctrlr, void *address);

/*
 * Makes memory of the caller's reachable for this controller: [address, address + length), multiples of
 * N4J_PROPERTY_REGISTRATION. It must stay mapped until n4j_mem_unregister. -EEXIST where part of it is
 * registered or allocated already, -ENOTSUP where the transport reaches allocated memory only.
 * Thread-safe.
 */
int n4j_mem_register(n4j_ctrlr *ctrlr, void *address, uint64_t length, uint32_t flags, char *error,
                     size_t error_size);

/*
 * Undoes n4j_mem_register of the range that begins at `address`. No command that uses it may be in
 * flight; when this returns, the controller no longer reaches it. Thread-safe.
 */
int n4j_mem_unregister(n4j_ctrlr *ctrlr, void *address);

/* States of a hold on memory. */
#define N4J_HOLD_NOT_YET 0
#define N4J_HOLD_HELD 1
#define N4J_HOLD_RELEASED 2

/*
 * Sets `*state` from N4J_HOLD_NOT_YET to HELD, and waits until it is RELEASED. The other arguments
 * are addresses: a caller of a managed language, whose runtime keeps memory from being freed during a
 * call that it is an argument of, keeps theirs for as long as this waits.
 */
void n4j_mem_hold(uint32_t *state, ...);

/* Sets `*state` to N4J_HOLD_RELEASED and wakes who waits for it in n4j_mem_hold. */
void n4j_mem_release(uint32_t *state);

/*
 * IOVA of each page (`page_size`, a power of two of at least 4096) that [address, address + length)
 * touches, the first being that of the page's beginning. `iovas` has room for `count`.
 * -EFAULT where a page isn't DMA memory of this controller or isn't contiguous; -ENOSPC where there are
 * more pages than `count`. Thread-safe.
 */
int n4j_mem_translate(n4j_ctrlr *ctrlr, const void *address, uint64_t length, uint64_t page_size,
                      uint64_t *iovas, uint64_t count);

/*
 * Creates a queue pair that takes up to `depth` commands at once, 1..N4J_PROPERTY_MAX_DEPTH, and up to
 * `standby` more: these wait in the queue pair and take, in order, the places of those that complete,
 * before the call that reaps these returns. So the controller has its next command without waiting
 * for the caller. Thread-safe; the queue pair itself is used by one thread at a time.
 */
int n4j_qpair_create(n4j_ctrlr *ctrlr, uint32_t depth, uint32_t standby, n4j_qpair **qpair,
                     char *error, size_t error_size);

/*
 * Deletes the queue pair. When the call returns the controller no longer works on its commands; those
 * that were in flight have no completion record.
 */
int n4j_qpair_destroy(n4j_qpair *qpair);

/*
 * The data path: submits `count` commands, rings the doorbell once, and reaps up to `max` completions.
 * Never blocks. Every record is taken: one that can't be submitted completes with its errno in `error`:
 *   EBUSY   more than `depth` in flight and `standby` waiting
 *   EINVAL  a data form that is not taken, or that PSDT denies; lengths or fragments that don't fit; no
 *           data or metadata where some are needed, and the other way round
 *   ENXIO   the controller has failed, or completed what it was not given
 * Records may be overwritten when the call returns; the memory that they point at may not before the
 * command completes. Completions come in any order and each exactly once.
 * Returns the number of completions written, or, once a failed queue pair has handed over every
 * command as completed, a negative errno. -ENOMEM: no record was taken, for want of room to keep
 * completions that the caller leaves no room for.
 */
int n4j_qpair_process(n4j_qpair *qpair, const n4j_submission *submissions, uint32_t count,
                      n4j_completion *completions, uint32_t max);

/*
 * Asks the controller to abort the command in flight that has this tag (Base, "Abort command"). By the
 * thread that processes the queue pair. The command completes exactly once as ever, be it aborted
 * (status Command Abort Requested) or in its own way. -ENOENT: no command in flight has the tag.
 * -ENOTSUP: the transport can't (vfio-user through SPDK).
 */
int n4j_qpair_abort(n4j_qpair *qpair, uint64_t tag);

/*
 * Serves an embedded controller (trtype:EMBEDDED) to hosts that speak vfio-user, such as SPDK's, at the
 * socket "cntrl" in `directory`, which is made if it isn't there: one host at a time, one after the
 * other. mode is of no account: the controller has a thread of its own, which looks at the doorbells all
 * the time. A host that breaks the protocol, or truncates the memory that it has lent, is left, and the
 * next one is served. Returns at once. Thread-safe.
 *   -EINVAL  the transport id is not an embedded controller's, or the directory's name holds blanks
 *   -ENAMETOOLONG  so long a directory can't have a socket
 *   -EBUSY   a controller is served there already
 *   -EEXIST  what is at the socket's place is none
 */
int n4j_server_start(const char *transport_id, const char *directory, n4j_server **server,
                     char *error, size_t error_size);

/* The transport id that hosts attach with. Lives as long as the server. */
const char *n4j_server_transport_id(n4j_server *server);

/* Leaves the host that is attached, powers the controller off, and takes the socket away. */
void n4j_server_stop(n4j_server *server);

/*
 * Every running thread of the process has passed a full memory barrier when this returns (membarrier(2),
 * MEMBARRIER_CMD_PRIVATE_EXPEDITED), so that these need none of their own. An errno where the kernel, or
 * the container, does not have it; where it succeeded once it succeeds always.
 */
int n4j_thread_barrier(void);

/* Pins the calling thread to one processor. */
int n4j_thread_pin(uint32_t processor);

#ifdef __cplusplus
}
#endif

#endif
