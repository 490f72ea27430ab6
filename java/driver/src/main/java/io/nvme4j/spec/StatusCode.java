// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

import static io.nvme4j.spec.StatusCodeType.COMMAND_SPECIFIC;
import static io.nvme4j.spec.StatusCodeType.GENERIC;
import static io.nvme4j.spec.StatusCodeType.MEDIA_AND_DATA_INTEGRITY;
import static io.nvme4j.spec.StatusCodeType.PATH_RELATED;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Status codes by the specifications' names. Some command specific codes from 80h on mean one thing
 * to I/O commands, after which they are called here, and another to Fabrics commands, which their
 * hint tells.
 */
public enum StatusCode {
    // Status Code - Generic Command Status Values
    SUCCESSFUL_COMPLETION(GENERIC, 0x00, "Successful Completion"),
    INVALID_COMMAND_OPCODE(GENERIC, 0x01, "Invalid Command Opcode"),
    INVALID_FIELD_IN_COMMAND(GENERIC, 0x02, "Invalid Field in Command"),
    COMMAND_ID_CONFLICT(GENERIC, 0x03, "Command ID Conflict"),
    DATA_TRANSFER_ERROR(GENERIC, 0x04, "Data Transfer Error"),
    COMMANDS_ABORTED_DUE_TO_POWER_LOSS_NOTIFICATION(
            GENERIC, 0x05, "Commands Aborted due to Power Loss Notification"),
    INTERNAL_ERROR(GENERIC, 0x06, "Internal Error"),
    COMMAND_ABORT_REQUESTED(GENERIC, 0x07, "Command Abort Requested"),
    COMMAND_ABORTED_DUE_TO_SQ_DELETION(GENERIC, 0x08, "Command Aborted due to SQ Deletion"),
    COMMAND_ABORTED_DUE_TO_FAILED_FUSED_COMMAND(
            GENERIC, 0x09, "Command Aborted due to Failed Fused Command"),
    COMMAND_ABORTED_DUE_TO_MISSING_FUSED_COMMAND(
            GENERIC, 0x0A, "Command Aborted due to Missing Fused Command"),
    INVALID_NAMESPACE_OR_FORMAT(GENERIC, 0x0B, "Invalid Namespace or Format"),
    COMMAND_SEQUENCE_ERROR(GENERIC, 0x0C, "Command Sequence Error"),
    INVALID_SGL_SEGMENT_DESCRIPTOR(GENERIC, 0x0D, "Invalid SGL Segment Descriptor"),
    INVALID_NUMBER_OF_SGL_DESCRIPTORS(GENERIC, 0x0E, "Invalid Number of SGL Descriptors"),
    DATA_SGL_LENGTH_INVALID(GENERIC, 0x0F, "Data SGL Length Invalid"),
    METADATA_SGL_LENGTH_INVALID(GENERIC, 0x10, "Metadata SGL Length Invalid"),
    SGL_DESCRIPTOR_TYPE_INVALID(GENERIC, 0x11, "SGL Descriptor Type Invalid"),
    INVALID_USE_OF_CONTROLLER_MEMORY_BUFFER(
            GENERIC, 0x12, "Invalid Use of Controller Memory Buffer"),
    PRP_OFFSET_INVALID(GENERIC, 0x13, "PRP Offset Invalid"),
    ATOMIC_WRITE_UNIT_EXCEEDED(GENERIC, 0x14, "Atomic Write Unit Exceeded"),
    OPERATION_DENIED(GENERIC, 0x15, "Operation Denied"),
    SGL_OFFSET_INVALID(GENERIC, 0x16, "SGL Offset Invalid"),
    HOST_IDENTIFIER_INCONSISTENT_FORMAT(GENERIC, 0x18, "Host Identifier Inconsistent Format"),
    KEEP_ALIVE_TIMER_EXPIRED(GENERIC, 0x19, "Keep Alive Timer Expired"),
    KEEP_ALIVE_TIMEOUT_INVALID(GENERIC, 0x1A, "Keep Alive Timeout Invalid"),
    COMMAND_ABORTED_DUE_TO_PREEMPT_AND_ABORT(
            GENERIC, 0x1B, "Command Aborted due to Preempt and Abort"),
    SANITIZE_FAILED(GENERIC, 0x1C, "Sanitize Failed"),
    SANITIZE_IN_PROGRESS(GENERIC, 0x1D, "Sanitize In Progress"),
    SGL_DATA_BLOCK_GRANULARITY_INVALID(GENERIC, 0x1E, "SGL Data Block Granularity Invalid"),
    COMMAND_NOT_SUPPORTED_FOR_QUEUE_IN_CMB(GENERIC, 0x1F, "Command Not Supported for Queue in CMB"),
    NAMESPACE_IS_WRITE_PROTECTED(GENERIC, 0x20, "Namespace is Write Protected"),
    COMMAND_INTERRUPTED(GENERIC, 0x21, "Command Interrupted"),
    TRANSIENT_TRANSPORT_ERROR(GENERIC, 0x22, "Transient Transport Error"),
    COMMAND_PROHIBITED_BY_COMMAND_AND_FEATURE_LOCKDOWN(
            GENERIC, 0x23, "Command Prohibited by Command and Feature Lockdown"),
    ADMIN_COMMAND_MEDIA_NOT_READY(GENERIC, 0x24, "Admin Command Media Not Ready"),
    INVALID_KEY_TAG(GENERIC, 0x25, "Invalid Key Tag"),
    HOST_DISPERSED_NAMESPACE_SUPPORT_NOT_ENABLED(
            GENERIC, 0x26, "Host Dispersed Namespace Support Not Enabled"),
    HOST_IDENTIFIER_NOT_INITIALIZED(GENERIC, 0x27, "Host Identifier Not Initialized"),
    INCORRECT_KEY(GENERIC, 0x28, "Incorrect Key"),
    FDP_DISABLED(GENERIC, 0x29, "FDP Disabled"),
    INVALID_PLACEMENT_HANDLE_LIST(GENERIC, 0x2A, "Invalid Placement Handle List"),
    LBA_OUT_OF_RANGE(GENERIC, 0x80, "LBA Out of Range"),
    CAPACITY_EXCEEDED(GENERIC, 0x81, "Capacity Exceeded"),
    NAMESPACE_NOT_READY(GENERIC, 0x82, "Namespace Not Ready"),
    RESERVATION_CONFLICT(GENERIC, 0x83, "Reservation Conflict"),
    FORMAT_IN_PROGRESS(GENERIC, 0x84, "Format In Progress"),
    INVALID_VALUE_SIZE(GENERIC, 0x85, "Invalid Value Size"),
    INVALID_KEY_SIZE(GENERIC, 0x86, "Invalid Key Size"),
    KV_KEY_DOES_NOT_EXIST(GENERIC, 0x87, "KV Key Does Not Exist"),
    UNRECOVERED_ERROR(GENERIC, 0x88, "Unrecovered Error"),
    KEY_EXISTS(GENERIC, 0x89, "Key Exists"),
    // Status Code - Command Specific Status Values
    COMPLETION_QUEUE_INVALID(COMMAND_SPECIFIC, 0x00, "Completion Queue Invalid"),
    INVALID_QUEUE_IDENTIFIER(COMMAND_SPECIFIC, 0x01, "Invalid Queue Identifier"),
    INVALID_QUEUE_SIZE(COMMAND_SPECIFIC, 0x02, "Invalid Queue Size"),
    ABORT_COMMAND_LIMIT_EXCEEDED(COMMAND_SPECIFIC, 0x03, "Abort Command Limit Exceeded"),
    ASYNCHRONOUS_EVENT_REQUEST_LIMIT_EXCEEDED(
            COMMAND_SPECIFIC, 0x05, "Asynchronous Event Request Limit Exceeded"),
    INVALID_FIRMWARE_SLOT(COMMAND_SPECIFIC, 0x06, "Invalid Firmware Slot"),
    INVALID_FIRMWARE_IMAGE(COMMAND_SPECIFIC, 0x07, "Invalid Firmware Image"),
    INVALID_INTERRUPT_VECTOR(COMMAND_SPECIFIC, 0x08, "Invalid Interrupt Vector"),
    INVALID_LOG_PAGE(COMMAND_SPECIFIC, 0x09, "Invalid Log Page"),
    INVALID_FORMAT(COMMAND_SPECIFIC, 0x0A, "Invalid Format"),
    FIRMWARE_ACTIVATION_REQUIRES_CONVENTIONAL_RESET(
            COMMAND_SPECIFIC, 0x0B, "Firmware Activation Requires Conventional Reset"),
    INVALID_QUEUE_DELETION(COMMAND_SPECIFIC, 0x0C, "Invalid Queue Deletion"),
    FEATURE_IDENTIFIER_NOT_SAVEABLE(COMMAND_SPECIFIC, 0x0D, "Feature Identifier Not Saveable"),
    FEATURE_NOT_CHANGEABLE(COMMAND_SPECIFIC, 0x0E, "Feature Not Changeable"),
    FEATURE_NOT_NAMESPACE_SPECIFIC(COMMAND_SPECIFIC, 0x0F, "Feature Not Namespace Specific"),
    FIRMWARE_ACTIVATION_REQUIRES_NVM_SUBSYSTEM_RESET(
            COMMAND_SPECIFIC, 0x10, "Firmware Activation Requires NVM Subsystem Reset"),
    FIRMWARE_ACTIVATION_REQUIRES_CONTROLLER_LEVEL_RESET(
            COMMAND_SPECIFIC, 0x11, "Firmware Activation Requires Controller Level Reset"),
    FIRMWARE_ACTIVATION_REQUIRES_MAXIMUM_TIME_VIOLATION(
            COMMAND_SPECIFIC, 0x12, "Firmware Activation Requires Maximum Time Violation"),
    FIRMWARE_ACTIVATION_PROHIBITED(COMMAND_SPECIFIC, 0x13, "Firmware Activation Prohibited"),
    OVERLAPPING_RANGE(COMMAND_SPECIFIC, 0x14, "Overlapping Range"),
    NAMESPACE_INSUFFICIENT_CAPACITY(COMMAND_SPECIFIC, 0x15, "Namespace Insufficient Capacity"),
    NAMESPACE_IDENTIFIER_UNAVAILABLE(COMMAND_SPECIFIC, 0x16, "Namespace Identifier Unavailable"),
    NAMESPACE_ALREADY_ATTACHED(COMMAND_SPECIFIC, 0x18, "Namespace Already Attached"),
    NAMESPACE_IS_PRIVATE(COMMAND_SPECIFIC, 0x19, "Namespace Is Private"),
    NAMESPACE_NOT_ATTACHED(COMMAND_SPECIFIC, 0x1A, "Namespace Not Attached"),
    THIN_PROVISIONING_NOT_SUPPORTED(COMMAND_SPECIFIC, 0x1B, "Thin Provisioning Not Supported"),
    CONTROLLER_LIST_INVALID(COMMAND_SPECIFIC, 0x1C, "Controller List Invalid"),
    DEVICE_SELF_TEST_IN_PROGRESS(COMMAND_SPECIFIC, 0x1D, "Device Self-test In Progress"),
    BOOT_PARTITION_WRITE_PROHIBITED(COMMAND_SPECIFIC, 0x1E, "Boot Partition Write Prohibited"),
    INVALID_CONTROLLER_IDENTIFIER(COMMAND_SPECIFIC, 0x1F, "Invalid Controller Identifier"),
    INVALID_SECONDARY_CONTROLLER_STATE(
            COMMAND_SPECIFIC, 0x20, "Invalid Secondary Controller State"),
    INVALID_NUMBER_OF_CONTROLLER_RESOURCES(
            COMMAND_SPECIFIC, 0x21, "Invalid Number of Controller Resources"),
    INVALID_RESOURCE_IDENTIFIER(COMMAND_SPECIFIC, 0x22, "Invalid Resource Identifier"),
    SANITIZE_PROHIBITED_WHILE_PERSISTENT_MEMORY_REGION_IS_ENABLED(
            COMMAND_SPECIFIC,
            0x23,
            "Sanitize Prohibited While Persistent Memory Region is Enabled"),
    ANA_GROUP_IDENTIFIER_INVALID(COMMAND_SPECIFIC, 0x24, "ANA Group Identifier Invalid"),
    ANA_ATTACH_FAILED(COMMAND_SPECIFIC, 0x25, "ANA Attach Failed"),
    INSUFFICIENT_CAPACITY(COMMAND_SPECIFIC, 0x26, "Insufficient Capacity"),
    NAMESPACE_ATTACHMENT_LIMIT_EXCEEDED(
            COMMAND_SPECIFIC, 0x27, "Namespace Attachment Limit Exceeded"),
    PROHIBITION_OF_COMMAND_EXECUTION_NOT_SUPPORTED(
            COMMAND_SPECIFIC, 0x28, "Prohibition of Command Execution Not Supported"),
    IO_COMMAND_SET_NOT_SUPPORTED(COMMAND_SPECIFIC, 0x29, "I/O Command Set Not Supported"),
    IO_COMMAND_SET_NOT_ENABLED(COMMAND_SPECIFIC, 0x2A, "I/O Command Set Not Enabled"),
    IO_COMMAND_SET_COMBINATION_REJECTED(
            COMMAND_SPECIFIC, 0x2B, "I/O Command Set Combination Rejected"),
    INVALID_IO_COMMAND_SET(COMMAND_SPECIFIC, 0x2C, "Invalid I/O Command Set"),
    IDENTIFIER_UNAVAILABLE(COMMAND_SPECIFIC, 0x2D, "Identifier Unavailable"),
    NAMESPACE_IS_DISPERSED(COMMAND_SPECIFIC, 0x2E, "Namespace Is Dispersed"),
    INVALID_DISCOVERY_INFORMATION(COMMAND_SPECIFIC, 0x2F, "Invalid Discovery Information"),
    ZONING_DATA_STRUCTURE_LOCKED(COMMAND_SPECIFIC, 0x30, "Zoning Data Structure Locked"),
    ZONING_DATA_STRUCTURE_NOT_FOUND(COMMAND_SPECIFIC, 0x31, "Zoning Data Structure Not Found"),
    INSUFFICIENT_DISCOVERY_RESOURCES(COMMAND_SPECIFIC, 0x32, "Insufficient Discovery Resources"),
    REQUESTED_FUNCTION_DISABLED(COMMAND_SPECIFIC, 0x33, "Requested Function Disabled"),
    ZONEGROUP_ORIGINATOR_INVALID(COMMAND_SPECIFIC, 0x34, "ZoneGroup Originator Invalid"),
    INVALID_HOST(COMMAND_SPECIFIC, 0x35, "Invalid Host"),
    INVALID_NVM_SUBSYSTEM(COMMAND_SPECIFIC, 0x36, "Invalid NVM Subsystem"),
    INVALID_CONTROLLER_DATA_QUEUE(COMMAND_SPECIFIC, 0x37, "Invalid Controller Data Queue"),
    NOT_ENOUGH_RESOURCES(COMMAND_SPECIFIC, 0x38, "Not Enough Resources"),
    CONTROLLER_SUSPENDED(COMMAND_SPECIFIC, 0x39, "Controller Suspended"),
    CONTROLLER_NOT_SUSPENDED(COMMAND_SPECIFIC, 0x3A, "Controller Not Suspended"),
    CONTROLLER_DATA_QUEUE_FULL(COMMAND_SPECIFIC, 0x3B, "Controller Data Queue Full"),
    CONFLICTING_ATTRIBUTES(COMMAND_SPECIFIC, 0x80, "Conflicting Attributes"),
    INVALID_PROTECTION_INFORMATION(COMMAND_SPECIFIC, 0x81, "Invalid Protection Information"),
    ATTEMPTED_WRITE_TO_READ_ONLY_RANGE(
            COMMAND_SPECIFIC, 0x82, "Attempted Write to Read Only Range"),
    COMMAND_SIZE_LIMIT_EXCEEDED(COMMAND_SPECIFIC, 0x83, "Command Size Limit Exceeded"),
    INVALID_COMMAND_ID(COMMAND_SPECIFIC, 0x84, "Invalid Command ID"),
    INCOMPATIBLE_NAMESPACE_OR_FORMAT(COMMAND_SPECIFIC, 0x85, "Incompatible Namespace or Format"),
    FAST_COPY_NOT_POSSIBLE(COMMAND_SPECIFIC, 0x86, "Fast Copy Not Possible"),
    OVERLAPPING_IO_RANGE(COMMAND_SPECIFIC, 0x87, "Overlapping I/O Range"),
    NAMESPACE_NOT_REACHABLE(COMMAND_SPECIFIC, 0x88, "Namespace Not Reachable"),
    INSUFFICIENT_RESOURCES(COMMAND_SPECIFIC, 0x89, "Insufficient Resources"),
    ZONED_BOUNDARY_ERROR(COMMAND_SPECIFIC, 0xB8, "Zoned Boundary Error"),
    ZONE_IS_FULL(COMMAND_SPECIFIC, 0xB9, "Zone Is Full"),
    ZONE_IS_READ_ONLY(COMMAND_SPECIFIC, 0xBA, "Zone Is Read Only"),
    ZONE_IS_OFFLINE(COMMAND_SPECIFIC, 0xBB, "Zone Is Offline"),
    ZONE_INVALID_WRITE(COMMAND_SPECIFIC, 0xBC, "Zone Invalid Write"),
    TOO_MANY_ACTIVE_ZONES(COMMAND_SPECIFIC, 0xBD, "Too Many Active Zones"),
    TOO_MANY_OPEN_ZONES(COMMAND_SPECIFIC, 0xBE, "Too Many Open Zones"),
    INVALID_ZONE_STATE_TRANSITION(COMMAND_SPECIFIC, 0xBF, "Invalid Zone State Transition"),
    // Status Code - Media and Data Integrity Error Values
    WRITE_FAULT(MEDIA_AND_DATA_INTEGRITY, 0x80, "Write Fault"),
    UNRECOVERED_READ_ERROR(MEDIA_AND_DATA_INTEGRITY, 0x81, "Unrecovered Read Error"),
    END_TO_END_GUARD_CHECK_ERROR(MEDIA_AND_DATA_INTEGRITY, 0x82, "End-to-end Guard Check Error"),
    END_TO_END_APPLICATION_TAG_CHECK_ERROR(
            MEDIA_AND_DATA_INTEGRITY, 0x83, "End-to-end Application Tag Check Error"),
    END_TO_END_REFERENCE_TAG_CHECK_ERROR(
            MEDIA_AND_DATA_INTEGRITY, 0x84, "End-to-end Reference Tag Check Error"),
    COMPARE_FAILURE(MEDIA_AND_DATA_INTEGRITY, 0x85, "Compare Failure"),
    ACCESS_DENIED(MEDIA_AND_DATA_INTEGRITY, 0x86, "Access Denied"),
    DEALLOCATED_OR_UNWRITTEN_LOGICAL_BLOCK(
            MEDIA_AND_DATA_INTEGRITY, 0x87, "Deallocated or Unwritten Logical Block"),
    END_TO_END_STORAGE_TAG_CHECK_ERROR(
            MEDIA_AND_DATA_INTEGRITY, 0x88, "End-to-End Storage Tag Check Error"),
    // Status Code - Path Related Status Values
    INTERNAL_PATH_ERROR(PATH_RELATED, 0x00, "Internal Path Error"),
    ASYMMETRIC_ACCESS_PERSISTENT_LOSS(PATH_RELATED, 0x01, "Asymmetric Access Persistent Loss"),
    ASYMMETRIC_ACCESS_INACCESSIBLE(PATH_RELATED, 0x02, "Asymmetric Access Inaccessible"),
    ASYMMETRIC_ACCESS_TRANSITION(PATH_RELATED, 0x03, "Asymmetric Access Transition"),
    CONTROLLER_PATHING_ERROR(PATH_RELATED, 0x60, "Controller Pathing Error"),
    HOST_PATHING_ERROR(PATH_RELATED, 0x70, "Host Pathing Error"),
    COMMAND_ABORTED_BY_HOST(PATH_RELATED, 0x71, "Command Aborted By Host");

    private static final Map<Integer, StatusCode> BY_TYPE_AND_CODE = index();

    private final StatusCodeType type;
    private final int code;
    private final String title;

    StatusCode(StatusCodeType type, int code, String title) {
        this.type = type;
        this.code = code;
        this.title = title;
    }

    private static Map<Integer, StatusCode> index() {
        Map<Integer, StatusCode> index = new HashMap<>();
        for (StatusCode status : values()) {
            index.put(key(status.type.value(), status.code), status);
        }
        return index;
    }

    private static int key(int type, int code) {
        return type << 8 | code;
    }

    /** The status with this type and code; empty where the specification has none. */
    public static Optional<StatusCode> find(int type, int code) {
        return Optional.ofNullable(BY_TYPE_AND_CODE.get(key(type, code)));
    }

    /** Status Code Type (SCT). */
    public StatusCodeType type() {
        return type;
    }

    /** Status Code (SC), 0 to 255. */
    public int code() {
        return code;
    }

    /** The specification's name, such as "LBA Out of Range". */
    public String title() {
        return title;
    }

    /** One sentence about the usual cause and what to do; empty for success. */
    public String hint() {
        return StatusHint.of(this);
    }
}
