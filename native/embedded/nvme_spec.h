/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the NVM Express specifications say, as far as it is used here, and nothing else.
 *
 * Sections and figures are cited by name: "Base" is the NVM Express Base Specification 2.0, "NVM" the
 * NVM Command Set Specification 1.0, "PCIe" the NVMe over PCIe Transport Specification 1.0.
 */
#ifndef NVME_SPEC_H
#define NVME_SPEC_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* Memory page size with CC.MPS = 0. */
#define NVME_PAGE_SHIFT 12
#define NVME_PAGE_SIZE 4096u
#define NVME_PAGE_MASK 4095u

/* Base, "Controller Properties": what BAR0 begins with. The doorbells follow it. */
struct nvme_registers {
    _Atomic uint64_t cap;
    _Atomic uint32_t vs;
    _Atomic uint32_t intms;
    _Atomic uint32_t intmc;
    _Atomic uint32_t cc;
    uint32_t reserved18;
    _Atomic uint32_t csts;
    _Atomic uint32_t nssr;
    _Atomic uint32_t aqa;
    _Atomic uint64_t asq;
    _Atomic uint64_t acq;
    uint8_t reserved38[0x68 - 0x38];
    _Atomic uint32_t crto;
    uint8_t reserved6c[4096 - 0x6c];
};
static_assert(offsetof(struct nvme_registers, cc) == 0x14, "CC");
static_assert(offsetof(struct nvme_registers, csts) == 0x1c, "CSTS");
static_assert(offsetof(struct nvme_registers, acq) == 0x30, "ACQ");
static_assert(offsetof(struct nvme_registers, crto) == 0x68, "CRTO");
static_assert(sizeof(struct nvme_registers) == 0x1000, "the first doorbell's offset");

/* CAP */
#define NVME_CAP_MQES(cap) ((uint32_t)((cap)&0xffff)) /* 0's based */
#define NVME_CAP_CQR (UINT64_C(1) << 16)
#define NVME_CAP_TO(cap) ((uint32_t)((cap) >> 24 & 0xff)) /* in units of 500 ms */
#define NVME_CAP_TO_SHIFT 24
#define NVME_CAP_DSTRD(cap)                                                                        \
    ((uint32_t)((cap) >> 32 & 0xf)) /* doorbells are 4 << DSTRD bytes apart */
#define NVME_CAP_DSTRD_SHIFT 32
#define NVME_CAP_CSS_NVM (UINT64_C(1) << 37)
#define NVME_CAP_MPSMIN(cap) ((uint32_t)((cap) >> 48 & 0xf)) /* pages of 4096 << MPSMIN at least */
#define NVME_CAP_CRWMS (UINT64_C(1) << 59) /* ready with media: CRTO 15:0 says how soon */

#define NVME_VS_2_0 0x00020000u

/* CC */
#define NVME_CC_EN 1u
#define NVME_CC_CSS(cc) ((cc) >> 4 & 7)
#define NVME_CC_MPS(cc) ((cc) >> 7 & 15)
#define NVME_CC_AMS(cc) ((cc) >> 11 & 7)
#define NVME_CC_SHN(cc) ((cc) >> 14 & 3)
#define NVME_CC_SHN_NORMAL (1u << 14)
#define NVME_CC_SHN_MASK (3u << 14)
#define NVME_CC_IOSQES(cc) ((cc) >> 16 & 15)
#define NVME_CC_IOSQES_SHIFT 16
#define NVME_CC_IOCQES(cc) ((cc) >> 20 & 15)
#define NVME_CC_IOCQES_SHIFT 20

/* CSTS */
#define NVME_CSTS_RDY 1u
#define NVME_CSTS_CFS 2u
#define NVME_CSTS_SHST_MASK (3u << 2)
#define NVME_CSTS_SHST_OCCURRING (1u << 2)
#define NVME_CSTS_SHST_COMPLETE (2u << 2)

/* AQA: both sizes are 0's based. */
#define NVME_AQA_ASQS(aqa) ((aqa)&0xfff)
#define NVME_AQA_ACQS(aqa) ((aqa) >> 16 & 0xfff)
#define NVME_AQA_ACQS_SHIFT 16

/* log2 of the sizes of queue entries (CC.IOSQES, CC.IOCQES, Identify Controller SQES, CQES) */
#define NVME_SQE_SHIFT 6
#define NVME_CQE_SHIFT 4

/* Base, "Submission Queue Entry". */
struct nvme_sqe {
    uint8_t opc;
    uint8_t flags; /* FUSE 1:0, PSDT 7:6 */
    uint16_t cid;
    uint32_t nsid;
    uint32_t cdw2;
    uint32_t cdw3;
    uint64_t mptr;
    uint64_t prp1; /* or SGL1: address */
    uint64_t prp2; /* or SGL1: length and type */
    uint32_t cdw10;
    uint32_t cdw11;
    uint32_t cdw12;
    uint32_t cdw13;
    uint32_t cdw14;
    uint32_t cdw15;
};
static_assert(sizeof(struct nvme_sqe) == 1u << NVME_SQE_SHIFT, "64 bytes");
static_assert(offsetof(struct nvme_sqe, prp1) == 24, "CDW6");
static_assert(offsetof(struct nvme_sqe, cdw10) == 40, "CDW10");

#define NVME_FUSE(flags) ((flags)&3)
#define NVME_FUSE_FIRST 1
#define NVME_FUSE_SECOND 2
#define NVME_PSDT(flags) ((flags) >> 6)
#define NVME_PSDT_PRP 0
#define NVME_PSDT_SGL_MPTR_CONTIGUOUS 1
#define NVME_PSDT_SGL_MPTR_SGL 2

/*
 * Base, "Completion Queue Entry", as two 64-bit words: the second one holds the phase tag, so that it
 * is what one side stores last and the other looks at first.
 *   low:  DW0 (command specific), DW1
 *   high: DW2: SQHD 15:0, SQID 31:16; DW3: CID 47:32, P 48, Status 63:49
 */
struct nvme_cqe {
    uint64_t low;
    _Atomic uint64_t high;
};
static_assert(sizeof(struct nvme_cqe) == 1u << NVME_CQE_SHIFT, "16 bytes");

#define NVME_CQE_SQHD(high) ((uint16_t)(high))
#define NVME_CQE_SQID(high) ((uint16_t)((high) >> 16))
#define NVME_CQE_CID(high) ((uint16_t)((high) >> 32))
#define NVME_CQE_PHASE(high) ((uint32_t)((high) >> 48 & 1))
#define NVME_CQE_STATUS(high) ((uint16_t)((high) >> 49))

/*
 * Base, "Status Field Definition", without the phase tag: SC 7:0, SCT 10:8, M 13, DNR 14.
 */
#define NVME_STATUS_MORE (1u << 13)
#define NVME_STATUS_DNR (1u << 14)
#define NVME_STATUS_CODE(status) ((status)&0x7ff) /* SCT and SC */

enum nvme_status {
    /* Generic Command Status */
    NVME_SUCCESS = 0x000,
    NVME_INVALID_OPCODE = 0x001,
    NVME_INVALID_FIELD = 0x002,
    NVME_COMMAND_ID_CONFLICT = 0x003,
    NVME_DATA_TRANSFER_ERROR = 0x004,
    NVME_INTERNAL_ERROR = 0x006,
    NVME_ABORT_REQUESTED = 0x007,
    NVME_ABORTED_FAILED_FUSED = 0x009,
    NVME_ABORTED_MISSING_FUSED = 0x00a,
    NVME_INVALID_NAMESPACE_OR_FORMAT = 0x00b,
    NVME_COMMAND_SEQUENCE_ERROR = 0x00c,
    NVME_INVALID_SGL_SEGMENT_DESCRIPTOR = 0x00d,
    NVME_INVALID_NUMBER_OF_SGL_DESCRIPTORS = 0x00e,
    NVME_DATA_SGL_LENGTH_INVALID = 0x00f,
    NVME_SGL_DESCRIPTOR_TYPE_INVALID = 0x011,
    NVME_PRP_OFFSET_INVALID = 0x013,
    NVME_KEEP_ALIVE_TIMEOUT_INVALID = 0x01a,
    NVME_SGL_DATA_BLOCK_GRANULARITY_INVALID = 0x01e,
    NVME_LBA_OUT_OF_RANGE = 0x080,
    NVME_CAPACITY_EXCEEDED = 0x081,
    /* Command Specific Status */
    NVME_COMPLETION_QUEUE_INVALID = 0x100,
    NVME_INVALID_QUEUE_IDENTIFIER = 0x101,
    NVME_INVALID_QUEUE_SIZE = 0x102,
    NVME_ASYNC_EVENT_LIMIT_EXCEEDED = 0x105,
    NVME_INVALID_INTERRUPT_VECTOR = 0x108,
    NVME_INVALID_LOG_PAGE = 0x109,
    NVME_INVALID_QUEUE_DELETION = 0x10c,
    NVME_FEATURE_NOT_SAVEABLE = 0x10d,
    NVME_FEATURE_NOT_NAMESPACE_SPECIFIC = 0x10f,
    NVME_INVALID_PROTECTION_INFORMATION = 0x181,
    NVME_READ_ONLY_RANGE = 0x182,
    /* Media and Data Integrity Errors */
    NVME_WRITE_FAULT = 0x280,
    NVME_UNRECOVERED_READ_ERROR = 0x281,
    NVME_GUARD_CHECK_ERROR = 0x282,
    NVME_APPLICATION_TAG_CHECK_ERROR = 0x283,
    NVME_REFERENCE_TAG_CHECK_ERROR = 0x284,
    NVME_COMPARE_FAILURE = 0x285,
};

/* Admin commands */
enum nvme_admin_opcode {
    NVME_DELETE_IO_SQ = 0x00,
    NVME_CREATE_IO_SQ = 0x01,
    NVME_GET_LOG_PAGE = 0x02,
    NVME_DELETE_IO_CQ = 0x04,
    NVME_CREATE_IO_CQ = 0x05,
    NVME_IDENTIFY = 0x06,
    NVME_ABORT = 0x08,
    NVME_SET_FEATURES = 0x09,
    NVME_GET_FEATURES = 0x0a,
    NVME_ASYNC_EVENT_REQUEST = 0x0c,
    NVME_KEEP_ALIVE = 0x18,
};

/* NVM Command Set commands */
enum nvme_nvm_opcode {
    NVME_FLUSH = 0x00,
    NVME_WRITE = 0x01,
    NVME_READ = 0x02,
    NVME_COMPARE = 0x05,
    NVME_WRITE_ZEROES = 0x08,
    NVME_DATASET_MANAGEMENT = 0x09,
};

#define NVME_NSID_ALL 0xffffffffu

/* Create I/O Completion Queue and Create I/O Submission Queue */
#define NVME_QUEUE_PC 1u /* CDW11: Physically Contiguous */
#define NVME_CQ_IEN 2u   /* CDW11: Interrupts Enabled */

/* Read, Write, Compare, Write Zeroes: CDW12 */
#define NVME_NLB(cdw12) (((cdw12)&0xffff) + 1)
#define NVME_SLBA(sqe) ((sqe)->cdw10 | (uint64_t)(sqe)->cdw11 << 32)
#define NVME_DTYPE(cdw12) ((cdw12) >> 20 & 15)
#define NVME_FUA (1u << 30)
#define NVME_DEAC (1u << 25) /* Write Zeroes */
#define NVME_PRINFO_SHIFT 26
#define NVME_PRACT(cdw12) ((cdw12) >> 29 & 1)
#define NVME_PRCHK(cdw12) ((uint8_t)((cdw12) >> NVME_PRINFO_SHIFT & 7))
#define NVME_PRCHK_REFERENCE 1u
#define NVME_PRCHK_APPLICATION 2u
#define NVME_PRCHK_GUARD 4u

/* Protection information: Guard 2 bytes, Application Tag 2, Reference Tag 4, all big-endian */
#define NVME_PROTECTION_SIZE 8u

/* Dataset Management */
#define NVME_DSM_AD 4u /* CDW11: Attribute - Deallocate */
#define NVME_DSM_RANGES_MAX 256
struct nvme_dsm_range {
    uint32_t context_attributes;
    uint32_t nlb; /* not 0's based */
    uint64_t slba;
};
static_assert(sizeof(struct nvme_dsm_range) == 16, "16 bytes");

/* Features */
enum nvme_feature {
    NVME_FID_ARBITRATION = 0x01,
    NVME_FID_POWER_MANAGEMENT = 0x02,
    NVME_FID_TEMPERATURE_THRESHOLD = 0x04,
    NVME_FID_ERROR_RECOVERY = 0x05,
    NVME_FID_VOLATILE_WRITE_CACHE = 0x06,
    NVME_FID_NUMBER_OF_QUEUES = 0x07,
    NVME_FID_INTERRUPT_COALESCING = 0x08,
    NVME_FID_INTERRUPT_VECTOR = 0x09,
    NVME_FID_WRITE_ATOMICITY = 0x0a,
    NVME_FID_ASYNC_EVENTS = 0x0b,
    NVME_FID_TIMESTAMP = 0x0e,
    NVME_FID_KEEP_ALIVE_TIMER = 0x0f,
    NVME_FID_HOST_BEHAVIOR_SUPPORT = 0x16,
    NVME_FID_HOST_IDENTIFIER = 0x81,
};
#define NVME_FEATURE_SAVE (1u << 31)                  /* Set Features CDW10: SV */
#define NVME_FEATURE_SELECT(cdw10) ((cdw10) >> 8 & 7) /* Get Features CDW10: SEL */
#define NVME_SELECT_CURRENT 0u
#define NVME_SELECT_DEFAULT 1u
#define NVME_SELECT_SAVED 2u
#define NVME_SELECT_CAPABILITIES 3u
/* What the last of these gives */
#define NVME_FEATURE_NAMESPACE_SPECIFIC 2u
#define NVME_FEATURE_CHANGEABLE 4u

/* Timestamp */
struct nvme_timestamp {
    uint8_t milliseconds[6]; /* since 1970, little-endian */
    uint8_t attributes;
    uint8_t reserved7;
};
static_assert(sizeof(struct nvme_timestamp) == 8, "8 bytes");
#define NVME_TIMESTAMP_SET (1u << 1) /* Origin: by Set Features, else by a reset */

/* Host Behavior Support */
struct nvme_host_behavior {
    uint8_t acre; /* Advanced Command Retry Enable */
    uint8_t others[511];
};
static_assert(sizeof(struct nvme_host_behavior) == 512, "512 bytes");

#define NVME_HOST_IDENTIFIER_EXTENDED 1u /* CDW11: EXHID, 16 bytes, else 8 */

/* Asynchronous Event Configuration: bits 7:0 are those of the SMART log's Critical Warning */
#define NVME_EVENTS_CRITICAL_WARNINGS 0x1fu /* those that don't need a Persistent Memory Region */

/* Asynchronous Event Request, DW0 of the completion */
#define NVME_EVENT(type, information, log_page)                                                    \
    ((uint32_t)(type) | (uint32_t)(information) << 8 | (uint32_t)(log_page) << 16)
#define NVME_EVENT_ERROR 0u /* types */
#define NVME_EVENT_SMART_HEALTH 1u
#define NVME_EVENT_DOORBELL_REGISTER 0u /* information of errors */
#define NVME_EVENT_DOORBELL_VALUE 1u
#define NVME_EVENT_RELIABILITY 0u /* information of SMART / health */
#define NVME_EVENT_TEMPERATURE_THRESHOLD 1u
#define NVME_EVENT_SPARE_BELOW_THRESHOLD 2u

/* Base, "Scatter Gather List": descriptors. */
struct nvme_sgl_descriptor {
    uint64_t address;
    uint64_t rest; /* length 31:0, subtype 59:56, type 63:60 */
};
#define NVME_SGL_DESCRIPTOR_SIZE 16u
#define NVME_SGL_LENGTH(rest) ((uint32_t)(rest))
#define NVME_SGL_SUBTYPE(rest) ((uint32_t)((rest) >> 56 & 15))
#define NVME_SGL_TYPE(rest) ((uint32_t)((rest) >> 60))
#define NVME_SGL_TYPE_SHIFT 60
#define NVME_SGL_DATA_BLOCK 0u
#define NVME_SGL_BIT_BUCKET 1u
#define NVME_SGL_SEGMENT 2u
#define NVME_SGL_LAST_SEGMENT 3u

/* Identify */
#define NVME_IDENTIFY_SIZE 4096u
enum nvme_cns {
    NVME_CNS_NAMESPACE = 0x00,
    NVME_CNS_CONTROLLER = 0x01,
    NVME_CNS_ACTIVE_NAMESPACES = 0x02,
    NVME_CNS_NAMESPACE_DESCRIPTORS = 0x03,
    NVME_CNS_NVM_NAMESPACE = 0x05,         /* of the NVM Command Set, by CSI */
    NVME_CNS_NVM_CONTROLLER = 0x06,        /* likewise */
    NVME_CNS_INDEPENDENT_NAMESPACE = 0x08, /* of any command set */
    NVME_CNS_COMMAND_SETS = 0x1c,
};
#define NVME_CNS_CNTID(cdw10) ((cdw10) >> 16)
#define NVME_CNTID_THIS 0xffffu
#define NVME_CSI(cdw11) ((cdw11) >> 24) /* Identify CDW11, Get Log Page CDW14 */
#define NVME_CSI_NVM 0u
#define NVME_COMMAND_SETS_NVM 1u /* of an I/O Command Set Vector */

struct nvme_power_state {
    uint16_t mp; /* Maximum Power, in units of 0.01 W */
    uint8_t reserved[30];
};
static_assert(sizeof(struct nvme_power_state) == 32, "32 bytes");

struct nvme_identify_controller {
    uint16_t vid;
    uint16_t ssvid;
    char sn[20];
    char mn[40];
    char fr[8];
    uint8_t rab;
    uint8_t ieee[3];
    uint8_t cmic;
    uint8_t mdts;
    uint16_t cntlid;
    uint32_t ver;
    uint32_t rtd3r;
    uint32_t rtd3e;
    uint32_t oaes;
    uint32_t ctratt;
    uint16_t rrls;
    uint8_t reserved102[9];
    uint8_t cntrltype;
    uint8_t reserved112[144];
    uint16_t oacs;
    uint8_t acl;
    uint8_t aerl;
    uint8_t frmw;
    uint8_t lpa;
    uint8_t elpe;
    uint8_t npss;
    uint8_t avscc;
    uint8_t apsta;
    uint16_t wctemp;
    uint16_t cctemp;
    uint8_t reserved270[10];
    uint64_t tnvmcap[2];
    uint64_t unvmcap[2];
    uint8_t reserved312[8];
    uint16_t kas;
    uint8_t reserved322[190];
    uint8_t sqes;
    uint8_t cqes;
    uint16_t maxcmd;
    uint32_t nn;
    uint16_t oncs;
    uint16_t fuses;
    uint8_t fna;
    uint8_t vwc;
    uint16_t awun;
    uint16_t awupf;
    uint8_t icsvscc;
    uint8_t nwpc;
    uint16_t acwu;
    uint16_t cdfs;
    uint32_t sgls;
    uint32_t mnan;
    uint8_t reserved544[224];
    char subnqn[256];
    uint8_t reserved1024[1024];
    struct nvme_power_state psd[32];
    uint8_t vendor[1024];
};
static_assert(sizeof(struct nvme_identify_controller) == NVME_IDENTIFY_SIZE, "4096 bytes");
static_assert(offsetof(struct nvme_identify_controller, mdts) == 77, "MDTS");
static_assert(offsetof(struct nvme_identify_controller, cntrltype) == 111, "CNTRLTYPE");
static_assert(offsetof(struct nvme_identify_controller, oacs) == 256, "OACS");
static_assert(offsetof(struct nvme_identify_controller, wctemp) == 266, "WCTEMP");
static_assert(offsetof(struct nvme_identify_controller, tnvmcap) == 280, "TNVMCAP");
static_assert(offsetof(struct nvme_identify_controller, kas) == 320, "KAS");
static_assert(offsetof(struct nvme_identify_controller, sqes) == 512, "SQES");
static_assert(offsetof(struct nvme_identify_controller, vwc) == 525, "VWC");
static_assert(offsetof(struct nvme_identify_controller, sgls) == 536, "SGLS");
static_assert(offsetof(struct nvme_identify_controller, subnqn) == 768, "SUBNQN");
static_assert(offsetof(struct nvme_identify_controller, psd) == 2048, "PSD0");

#define NVME_CNTRLTYPE_IO 1
#define NVME_FRMW_SLOT1_READ_ONLY 1u
#define NVME_FRMW_ONE_SLOT (1u << 1)
#define NVME_LPA_COMMAND_EFFECTS (1u << 1)
#define NVME_LPA_EXTENDED_DATA (1u << 2)
#define NVME_LPA_SUPPORTED_PAGES (1u << 5) /* and those of features and NVMe-MI */
#define NVME_FUSES_COMPARE_AND_WRITE (1 << 0)
#define NVME_ONCS_COMPARE (1u << 0)
#define NVME_ONCS_DATASET_MANAGEMENT (1u << 2)
#define NVME_ONCS_WRITE_ZEROES (1u << 3)
#define NVME_ONCS_SAVE_AND_SELECT (1u << 4)
#define NVME_ONCS_TIMESTAMP (1u << 6)
#define NVME_CTRATT_HOST_IDENTIFIER_128 1u
#define NVME_VWC_PRESENT 1u
#define NVME_VWC_FLUSH_ALL (3u << 1)    /* Flush takes NSID FFFFFFFFh */
#define NVME_VWC_FLUSH_NO_ALL (2u << 1) /* and this one says that it doesn't */
#define NVME_SGLS_BYTE 1u
#define NVME_SGLS_DWORD 2u
#define NVME_SGLS_BIT_BUCKET (1u << 16)
#define NVME_SGLS_METADATA_BYTE (1u << 17) /* MPTR of PSDT 01b at any byte */

struct nvme_lba_format {
    uint16_t ms;
    uint8_t lbads;
    uint8_t rp;
};

struct nvme_identify_namespace {
    uint64_t nsze;
    uint64_t ncap;
    uint64_t nuse;
    uint8_t nsfeat;
    uint8_t nlbaf;
    uint8_t flbas;
    uint8_t mc;
    uint8_t dpc;
    uint8_t dps;
    uint8_t nmic;
    uint8_t rescap;
    uint8_t fpi;
    uint8_t dlfeat;
    uint16_t nawun;
    uint16_t nawupf;
    uint16_t nacwu;
    uint16_t nabsn;
    uint16_t nabo;
    uint16_t nabspf;
    uint16_t noiob;
    uint64_t nvmcap[2];
    uint8_t reserved64[40];
    uint8_t nguid[16];
    uint8_t eui64[8];
    struct nvme_lba_format lbaf[64];
    uint8_t vendor[3712];
};
static_assert(sizeof(struct nvme_identify_namespace) == NVME_IDENTIFY_SIZE, "4096 bytes");
static_assert(offsetof(struct nvme_identify_namespace, nabspf) == 44, "NABSPF");
static_assert(offsetof(struct nvme_identify_namespace, nvmcap) == 48, "NVMCAP");
static_assert(offsetof(struct nvme_identify_namespace, nguid) == 104, "NGUID");
static_assert(offsetof(struct nvme_identify_namespace, lbaf) == 128, "LBAF0");

#define NVME_NSFEAT_NSABP (1u << 1) /* NAWUN and NAWUPF count */
#define NVME_FLBAS_EXTENDED (1u << 4)
#define NVME_MC_EXTENDED 1u
#define NVME_MC_SEPARATE 2u
#define NVME_DPC_TYPE(type) (1u << ((type)-1))
#define NVME_DPC_FIRST (1u << 3)
#define NVME_DPC_LAST (1u << 4)
#define NVME_DPS_FIRST (1u << 3) /* else in the last bytes of the metadata */
#define NVME_DLFEAT_READS_ZEROES 1u
#define NVME_DLFEAT_DEAC (1u << 3)

/* I/O Command Set Independent Identify Namespace */
struct nvme_independent_namespace {
    uint8_t nsfeat;
    uint8_t nmic;
    uint8_t rescap;
    uint8_t fpi;
    uint32_t anagrpid;
    uint8_t nsattr;
    uint8_t reserved9;
    uint16_t nvmsetid;
    uint16_t endgid;
    uint8_t nstat;
    uint8_t reserved15[4081];
};
static_assert(sizeof(struct nvme_independent_namespace) == NVME_IDENTIFY_SIZE, "4096 bytes");
static_assert(offsetof(struct nvme_independent_namespace, nstat) == 14, "NSTAT");
#define NVME_NSTAT_READY 1u
#define NVME_NSFEAT_NO_VOLATILE_CACHE (1u << 5)

/* Namespace Identification Descriptor: type (NIDT), length (NIDL), two reserved bytes, the identifier */
#define NVME_NIDT_EUI64 1
#define NVME_NIDT_NGUID 2
#define NVME_NIDT_CSI 4
#define NVME_NID_HEADER 4u

/* Get Log Page */
enum nvme_log_page {
    NVME_LOG_SUPPORTED_PAGES = 0x00,
    NVME_LOG_ERROR_INFORMATION = 0x01,
    NVME_LOG_SMART_HEALTH = 0x02,
    NVME_LOG_FIRMWARE_SLOT = 0x03,
    NVME_LOG_COMMAND_EFFECTS = 0x05,
    NVME_LOG_FEATURE_EFFECTS = 0x12,
    NVME_LOG_MI_EFFECTS = 0x13,
};
#define NVME_LOG_OFFSET_TYPE (1u << 23) /* CDW14: OT, the offset is an index */

/* Entries of the log pages that say what is supported, and what it does */
#define NVME_EFFECTS_SUPPORTED (1u << 0)
#define NVME_EFFECTS_CONTENT_CHANGE (1u << 1) /* of logical blocks */
#define NVME_EFFECTS_OF_NAMESPACE (1u << 20)
#define NVME_EFFECTS_OF_CONTROLLER (1u << 21)

struct nvme_command_effects_log {
    uint32_t admin[256];
    uint32_t io[256];
    uint8_t reserved2048[2048];
};
static_assert(sizeof(struct nvme_command_effects_log) == 4096, "4096 bytes");

struct nvme_error_entry {
    uint64_t error_count;
    uint16_t sqid;
    uint16_t cid;
    uint16_t status; /* with the phase tag in bit 0 */
    uint16_t parameter_location;
    uint64_t lba;
    uint32_t nsid;
    uint8_t vendor_available;
    uint8_t trtype;
    uint8_t csi;
    uint8_t opcode;
    uint64_t command_specific;
    uint8_t reserved40[24];
};
static_assert(sizeof(struct nvme_error_entry) == 64, "64 bytes");
static_assert(offsetof(struct nvme_error_entry, nsid) == 24, "NSID");
#define NVME_ERROR_LOCATION(byte, bit) ((byte) | (bit) << 8)
#define NVME_ERROR_LOCATION_NONE 0xffff

struct nvme_smart_log {
    uint8_t critical_warning;
    uint8_t composite_temperature[2]; /* Kelvin */
    uint8_t available_spare;
    uint8_t available_spare_threshold;
    uint8_t percentage_used;
    uint8_t reserved6[26];
    uint64_t data_units_read[2]; /* thousands of 512 bytes, rounded up */
    uint64_t data_units_written[2];
    uint64_t host_read_commands[2];
    uint64_t host_write_commands[2];
    uint64_t controller_busy_time[2]; /* minutes */
    uint64_t power_cycles[2];
    uint64_t power_on_hours[2];
    uint64_t unsafe_shutdowns[2];
    uint64_t media_errors[2];
    uint64_t error_log_entries[2];
    uint8_t reserved192[320];
};
static_assert(sizeof(struct nvme_smart_log) == 512, "512 bytes");
static_assert(offsetof(struct nvme_smart_log, data_units_read) == 32, "Data Units Read");
static_assert(offsetof(struct nvme_smart_log, error_log_entries) == 176, "Error Log Entries");
#define NVME_SMART_SPARE (1u << 0) /* Critical Warning */
#define NVME_SMART_TEMPERATURE (1u << 1)
#define NVME_SMART_READ_ONLY (1u << 3)

struct nvme_firmware_slot_log {
    uint8_t afi;
    uint8_t reserved1[7];
    char frs[7][8];
    uint8_t reserved64[448];
};
static_assert(sizeof(struct nvme_firmware_slot_log) == 512, "512 bytes");

#endif
