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
    /** The command completed without an error. */
    SUCCESSFUL_COMPLETION(GENERIC, 0x00, "Successful Completion"),
    /** The controller has no command with this opcode. */
    INVALID_COMMAND_OPCODE(GENERIC, 0x01, "Invalid Command Opcode"),
    /** A field of the command has a value that is reserved or isn't supported. */
    INVALID_FIELD_IN_COMMAND(GENERIC, 0x02, "Invalid Field in Command"),
    /** The command's identifier is that of a command in flight. */
    COMMAND_ID_CONFLICT(GENERIC, 0x03, "Command ID Conflict"),
    /** The controller could not move the command's data or metadata. */
    DATA_TRANSFER_ERROR(GENERIC, 0x04, "Data Transfer Error"),
    /** The command was aborted as power is about to be lost. */
    COMMANDS_ABORTED_DUE_TO_POWER_LOSS_NOTIFICATION(
            GENERIC, 0x05, "Commands Aborted due to Power Loss Notification"),
    /** The controller failed in itself while it carried the command out. */
    INTERNAL_ERROR(GENERIC, 0x06, "Internal Error"),
    /** An Abort or a Cancel command ended this command. */
    COMMAND_ABORT_REQUESTED(GENERIC, 0x07, "Command Abort Requested"),
    /** The command's submission queue was deleted. */
    COMMAND_ABORTED_DUE_TO_SQ_DELETION(GENERIC, 0x08, "Command Aborted due to SQ Deletion"),
    /** The other command of a fused pair failed. */
    COMMAND_ABORTED_DUE_TO_FAILED_FUSED_COMMAND(
            GENERIC, 0x09, "Command Aborted due to Failed Fused Command"),
    /** The other command of a fused pair did not lie beside this one in the queue. */
    COMMAND_ABORTED_DUE_TO_MISSING_FUSED_COMMAND(
            GENERIC, 0x0A, "Command Aborted due to Missing Fused Command"),
    /** The namespace identifier or the namespace's format doesn't fit the command. */
    INVALID_NAMESPACE_OR_FORMAT(GENERIC, 0x0B, "Invalid Namespace or Format"),
    /** The command came at a wrong place in a sequence of commands. */
    COMMAND_SEQUENCE_ERROR(GENERIC, 0x0C, "Command Sequence Error"),
    /** An SGL has a segment or last segment descriptor that is wrong where it is. */
    INVALID_SGL_SEGMENT_DESCRIPTOR(GENERIC, 0x0D, "Invalid SGL Segment Descriptor"),
    /** The length of an SGL segment doesn't fit the descriptors in it. */
    INVALID_NUMBER_OF_SGL_DESCRIPTORS(GENERIC, 0x0E, "Invalid Number of SGL Descriptors"),
    /** The SGL describes another length of data than the command moves. */
    DATA_SGL_LENGTH_INVALID(GENERIC, 0x0F, "Data SGL Length Invalid"),
    /** The SGL describes another length of metadata than the command moves. */
    METADATA_SGL_LENGTH_INVALID(GENERIC, 0x10, "Metadata SGL Length Invalid"),
    /** The controller doesn't take an SGL descriptor of this type. */
    SGL_DESCRIPTOR_TYPE_INVALID(GENERIC, 0x11, "SGL Descriptor Type Invalid"),
    /** The command uses the Controller Memory Buffer as it can't be used. */
    INVALID_USE_OF_CONTROLLER_MEMORY_BUFFER(
            GENERIC, 0x12, "Invalid Use of Controller Memory Buffer"),
    /** A PRP entry has an offset that isn't aligned, or has one where there can be none. */
    PRP_OFFSET_INVALID(GENERIC, 0x13, "PRP Offset Invalid"),
    /** The write is longer than the atomic write unit. */
    ATOMIC_WRITE_UNIT_EXCEEDED(GENERIC, 0x14, "Atomic Write Unit Exceeded"),
    /** The host isn't allowed to do this. */
    OPERATION_DENIED(GENERIC, 0x15, "Operation Denied"),
    /** An SGL descriptor has an offset that isn't valid. */
    SGL_OFFSET_INVALID(GENERIC, 0x16, "SGL Offset Invalid"),
    /** Hosts of the subsystem use Host Identifiers of 64 and of 128 bits. */
    HOST_IDENTIFIER_INCONSISTENT_FORMAT(GENERIC, 0x18, "Host Identifier Inconsistent Format"),
    /** The controller's keep alive timer ran out. */
    KEEP_ALIVE_TIMER_EXPIRED(GENERIC, 0x19, "Keep Alive Timer Expired"),
    /** The Keep Alive Timeout is one that the controller doesn't take. */
    KEEP_ALIVE_TIMEOUT_INVALID(GENERIC, 0x1A, "Keep Alive Timeout Invalid"),
    /** Another host's Reservation Acquire, Preempt and Abort, ended the command. */
    COMMAND_ABORTED_DUE_TO_PREEMPT_AND_ABORT(
            GENERIC, 0x1B, "Command Aborted due to Preempt and Abort"),
    /** The last sanitize operation failed, and nobody has recovered from it. */
    SANITIZE_FAILED(GENERIC, 0x1C, "Sanitize Failed"),
    /** A sanitize operation is under way, which forbids the command. */
    SANITIZE_IN_PROGRESS(GENERIC, 0x1D, "Sanitize In Progress"),
    /** An SGL data block has an address or a length that isn't a multiple of 4. */
    SGL_DATA_BLOCK_GRANULARITY_INVALID(GENERIC, 0x1E, "SGL Data Block Granularity Invalid"),
    /** The command can't be on a queue in the Controller Memory Buffer. */
    COMMAND_NOT_SUPPORTED_FOR_QUEUE_IN_CMB(GENERIC, 0x1F, "Command Not Supported for Queue in CMB"),
    /** The namespace is write protected, and the command would change it. */
    NAMESPACE_IS_WRITE_PROTECTED(GENERIC, 0x20, "Namespace is Write Protected"),
    /** The controller broke the command off for work of its own; it may be retried. */
    COMMAND_INTERRUPTED(GENERIC, 0x21, "Command Interrupted"),
    /** The transport had an error that may not come again. */
    TRANSIENT_TRANSPORT_ERROR(GENERIC, 0x22, "Transient Transport Error"),
    /** A Lockdown command forbade the command or the feature. */
    COMMAND_PROHIBITED_BY_COMMAND_AND_FEATURE_LOCKDOWN(
            GENERIC, 0x23, "Command Prohibited by Command and Feature Lockdown"),
    /** The admin command needs media that isn't ready yet. */
    ADMIN_COMMAND_MEDIA_NOT_READY(GENERIC, 0x24, "Admin Command Media Not Ready"),
    /** The Key Tag (KEYTAG) names no encryption key. */
    INVALID_KEY_TAG(GENERIC, 0x25, "Invalid Key Tag"),
    /** The host has not said that it knows dispersed namespaces (Host Behavior Support, HDISNS). */
    HOST_DISPERSED_NAMESPACE_SUPPORT_NOT_ENABLED(
            GENERIC, 0x26, "Host Dispersed Namespace Support Not Enabled"),
    /** The command needs a Host Identifier, and none was set. */
    HOST_IDENTIFIER_NOT_INITIALIZED(GENERIC, 0x27, "Host Identifier Not Initialized"),
    /** The encryption key is not the one that the data is encrypted with. */
    INCORRECT_KEY(GENERIC, 0x28, "Incorrect Key"),
    /** Flexible Data Placement is disabled in the endurance group. */
    FDP_DISABLED(GENERIC, 0x29, "FDP Disabled"),
    /** The placement handle list has a handle that isn't valid. */
    INVALID_PLACEMENT_HANDLE_LIST(GENERIC, 0x2A, "Invalid Placement Handle List"),
    /** The command names a logical block past the end of the namespace. */
    LBA_OUT_OF_RANGE(GENERIC, 0x80, "LBA Out of Range"),
    /** The namespace would allocate more than its capacity. */
    CAPACITY_EXCEEDED(GENERIC, 0x81, "Capacity Exceeded"),
    /** The namespace can't be accessed now. */
    NAMESPACE_NOT_READY(GENERIC, 0x82, "Namespace Not Ready"),
    /** Another host's reservation forbids the command. */
    RESERVATION_CONFLICT(GENERIC, 0x83, "Reservation Conflict"),
    /** A format operation is under way on the namespace. */
    FORMAT_IN_PROGRESS(GENERIC, 0x84, "Format In Progress"),
    /** The value's size isn't valid (Key Value Command Set). */
    INVALID_VALUE_SIZE(GENERIC, 0x85, "Invalid Value Size"),
    /** The key's size isn't valid (Key Value Command Set). */
    INVALID_KEY_SIZE(GENERIC, 0x86, "Invalid Key Size"),
    /** No value is stored under the key (Key Value Command Set). */
    KV_KEY_DOES_NOT_EXIST(GENERIC, 0x87, "KV Key Does Not Exist"),
    /** The value could not be recovered from the medium (Key Value Command Set). */
    UNRECOVERED_ERROR(GENERIC, 0x88, "Unrecovered Error"),
    /** A value is stored under the key already (Key Value Command Set). */
    KEY_EXISTS(GENERIC, 0x89, "Key Exists"),
    // Status Code - Command Specific Status Values
    /** The completion queue that a submission queue is created for doesn't exist. */
    COMPLETION_QUEUE_INVALID(COMMAND_SPECIFIC, 0x00, "Completion Queue Invalid"),
    /** The queue identifier is in use, or is greater than what was allocated, or is 0. */
    INVALID_QUEUE_IDENTIFIER(COMMAND_SPECIFIC, 0x01, "Invalid Queue Identifier"),
    /** The queue's size is 0, or more entries than the controller takes. */
    INVALID_QUEUE_SIZE(COMMAND_SPECIFIC, 0x02, "Invalid Queue Size"),
    /** More Abort commands are outstanding than the Abort Command Limit (ACL) allows. */
    ABORT_COMMAND_LIMIT_EXCEEDED(COMMAND_SPECIFIC, 0x03, "Abort Command Limit Exceeded"),
    /** More Asynchronous Event Requests are outstanding than the limit (AERL) allows. */
    ASYNCHRONOUS_EVENT_REQUEST_LIMIT_EXCEEDED(
            COMMAND_SPECIFIC, 0x05, "Asynchronous Event Request Limit Exceeded"),
    /** The firmware slot doesn't exist, or can only be read. */
    INVALID_FIRMWARE_SLOT(COMMAND_SPECIFIC, 0x06, "Invalid Firmware Slot"),
    /** The controller doesn't take the firmware image. */
    INVALID_FIRMWARE_IMAGE(COMMAND_SPECIFIC, 0x07, "Invalid Firmware Image"),
    /** The controller or the host has no such interrupt vector. */
    INVALID_INTERRUPT_VECTOR(COMMAND_SPECIFIC, 0x08, "Invalid Interrupt Vector"),
    /** The controller doesn't have the log page, or not with these parameters. */
    INVALID_LOG_PAGE(COMMAND_SPECIFIC, 0x09, "Invalid Log Page"),
    /** The namespace can't have the LBA format, or not with this protection. */
    INVALID_FORMAT(COMMAND_SPECIFIC, 0x0A, "Invalid Format"),
    /** The firmware was committed and begins to run after a conventional reset. */
    FIRMWARE_ACTIVATION_REQUIRES_CONVENTIONAL_RESET(
            COMMAND_SPECIFIC, 0x0B, "Firmware Activation Requires Conventional Reset"),
    /** The completion queue still has submission queues. */
    INVALID_QUEUE_DELETION(COMMAND_SPECIFIC, 0x0C, "Invalid Queue Deletion"),
    /** The feature can't be saved for the time after a reset. */
    FEATURE_IDENTIFIER_NOT_SAVEABLE(COMMAND_SPECIFIC, 0x0D, "Feature Identifier Not Saveable"),
    /** The feature's value can't be changed. */
    FEATURE_NOT_CHANGEABLE(COMMAND_SPECIFIC, 0x0E, "Feature Not Changeable"),
    /** The feature is the controller's, and the command named a namespace. */
    FEATURE_NOT_NAMESPACE_SPECIFIC(COMMAND_SPECIFIC, 0x0F, "Feature Not Namespace Specific"),
    /** The firmware was committed and begins to run after an NVM Subsystem Reset. */
    FIRMWARE_ACTIVATION_REQUIRES_NVM_SUBSYSTEM_RESET(
            COMMAND_SPECIFIC, 0x10, "Firmware Activation Requires NVM Subsystem Reset"),
    /** The firmware was committed and begins to run after a Controller Level Reset. */
    FIRMWARE_ACTIVATION_REQUIRES_CONTROLLER_LEVEL_RESET(
            COMMAND_SPECIFIC, 0x11, "Firmware Activation Requires Controller Level Reset"),
    /** The firmware would take longer to activate than the maximum time (MTFA). */
    FIRMWARE_ACTIVATION_REQUIRES_MAXIMUM_TIME_VIOLATION(
            COMMAND_SPECIFIC, 0x12, "Firmware Activation Requires Maximum Time Violation"),
    /** The controller doesn't activate this firmware image. */
    FIRMWARE_ACTIVATION_PROHIBITED(COMMAND_SPECIFIC, 0x13, "Firmware Activation Prohibited"),
    /** A part of the firmware image overlaps another, or a range of the feature does. */
    OVERLAPPING_RANGE(COMMAND_SPECIFIC, 0x14, "Overlapping Range"),
    /** There is less unallocated capacity than the new namespace needs. */
    NAMESPACE_INSUFFICIENT_CAPACITY(COMMAND_SPECIFIC, 0x15, "Namespace Insufficient Capacity"),
    /** The controller has no more namespace identifiers. */
    NAMESPACE_IDENTIFIER_UNAVAILABLE(COMMAND_SPECIFIC, 0x16, "Namespace Identifier Unavailable"),
    /** The controller is attached to the namespace already. */
    NAMESPACE_ALREADY_ATTACHED(COMMAND_SPECIFIC, 0x18, "Namespace Already Attached"),
    /** The namespace is private and attached to another controller. */
    NAMESPACE_IS_PRIVATE(COMMAND_SPECIFIC, 0x19, "Namespace Is Private"),
    /** The controller is not attached to the namespace. */
    NAMESPACE_NOT_ATTACHED(COMMAND_SPECIFIC, 0x1A, "Namespace Not Attached"),
    /** The controller has no thinly provisioned namespaces. */
    THIN_PROVISIONING_NOT_SUPPORTED(COMMAND_SPECIFIC, 0x1B, "Thin Provisioning Not Supported"),
    /** The controller list has an identifier that isn't valid, or is out of order. */
    CONTROLLER_LIST_INVALID(COMMAND_SPECIFIC, 0x1C, "Controller List Invalid"),
    /** A device self-test is under way. */
    DEVICE_SELF_TEST_IN_PROGRESS(COMMAND_SPECIFIC, 0x1D, "Device Self-test In Progress"),
    /** The boot partition is locked against writes. */
    BOOT_PARTITION_WRITE_PROHIBITED(COMMAND_SPECIFIC, 0x1E, "Boot Partition Write Prohibited"),
    /** The controller identifier names no controller that the command can be about. */
    INVALID_CONTROLLER_IDENTIFIER(COMMAND_SPECIFIC, 0x1F, "Invalid Controller Identifier"),
    /** The secondary controller isn't in the state that the action needs. */
    INVALID_SECONDARY_CONTROLLER_STATE(
            COMMAND_SPECIFIC, 0x20, "Invalid Secondary Controller State"),
    /** The number of flexible resources can't be assigned. */
    INVALID_NUMBER_OF_CONTROLLER_RESOURCES(
            COMMAND_SPECIFIC, 0x21, "Invalid Number of Controller Resources"),
    /** The resource identifier isn't valid. */
    INVALID_RESOURCE_IDENTIFIER(COMMAND_SPECIFIC, 0x22, "Invalid Resource Identifier"),
    /** The Persistent Memory Region is enabled, which forbids a sanitize operation. */
    SANITIZE_PROHIBITED_WHILE_PERSISTENT_MEMORY_REGION_IS_ENABLED(
            COMMAND_SPECIFIC,
            0x23,
            "Sanitize Prohibited While Persistent Memory Region is Enabled"),
    /** The ANA Group Identifier (ANAGRPID) isn't one of the subsystem's. */
    ANA_GROUP_IDENTIFIER_INVALID(COMMAND_SPECIFIC, 0x24, "ANA Group Identifier Invalid"),
    /** The namespace can't be attached, for its ANA state. */
    ANA_ATTACH_FAILED(COMMAND_SPECIFIC, 0x25, "ANA Attach Failed"),
    /** There is less capacity than the operation needs. */
    INSUFFICIENT_CAPACITY(COMMAND_SPECIFIC, 0x26, "Insufficient Capacity"),
    /** More namespaces would be attached than the controller or its domain allows. */
    NAMESPACE_ATTACHMENT_LIMIT_EXCEEDED(
            COMMAND_SPECIFIC, 0x27, "Namespace Attachment Limit Exceeded"),
    /** The command can't be forbidden by Lockdown. */
    PROHIBITION_OF_COMMAND_EXECUTION_NOT_SUPPORTED(
            COMMAND_SPECIFIC, 0x28, "Prohibition of Command Execution Not Supported"),
    /** The controller doesn't have the I/O command set. */
    IO_COMMAND_SET_NOT_SUPPORTED(COMMAND_SPECIFIC, 0x29, "I/O Command Set Not Supported"),
    /** The controller has the I/O command set, but it isn't enabled. */
    IO_COMMAND_SET_NOT_ENABLED(COMMAND_SPECIFIC, 0x2A, "I/O Command Set Not Enabled"),
    /** The controller doesn't take this combination of I/O command sets. */
    IO_COMMAND_SET_COMBINATION_REJECTED(
            COMMAND_SPECIFIC, 0x2B, "I/O Command Set Combination Rejected"),
    /** The I/O command set's identifier doesn't fit the command. */
    INVALID_IO_COMMAND_SET(COMMAND_SPECIFIC, 0x2C, "Invalid I/O Command Set"),
    /** There is no identifier left, of an endurance group or an NVM set. */
    IDENTIFIER_UNAVAILABLE(COMMAND_SPECIFIC, 0x2D, "Identifier Unavailable"),
    /** The namespace is dispersed, which the command can't be about. */
    NAMESPACE_IS_DISPERSED(COMMAND_SPECIFIC, 0x2E, "Namespace Is Dispersed"),
    /** The discovery information that a host registers isn't valid. */
    INVALID_DISCOVERY_INFORMATION(COMMAND_SPECIFIC, 0x2F, "Invalid Discovery Information"),
    /** Another host has locked the fabric zoning data structure. */
    ZONING_DATA_STRUCTURE_LOCKED(COMMAND_SPECIFIC, 0x30, "Zoning Data Structure Locked"),
    /** There is no such fabric zoning data structure. */
    ZONING_DATA_STRUCTURE_NOT_FOUND(COMMAND_SPECIFIC, 0x31, "Zoning Data Structure Not Found"),
    /** The discovery controller has too few resources to register the information. */
    INSUFFICIENT_DISCOVERY_RESOURCES(COMMAND_SPECIFIC, 0x32, "Insufficient Discovery Resources"),
    /** The function that the command asks for is disabled. */
    REQUESTED_FUNCTION_DISABLED(COMMAND_SPECIFIC, 0x33, "Requested Function Disabled"),
    /** The ZoneGroup belongs to another originator. */
    ZONEGROUP_ORIGINATOR_INVALID(COMMAND_SPECIFIC, 0x34, "ZoneGroup Originator Invalid"),
    /** The host isn't valid for the command. */
    INVALID_HOST(COMMAND_SPECIFIC, 0x35, "Invalid Host"),
    /** The NVM subsystem isn't valid for the command. */
    INVALID_NVM_SUBSYSTEM(COMMAND_SPECIFIC, 0x36, "Invalid NVM Subsystem"),
    /** The identifier names no controller data queue. */
    INVALID_CONTROLLER_DATA_QUEUE(COMMAND_SPECIFIC, 0x37, "Invalid Controller Data Queue"),
    /** The controller has too few resources for the command. */
    NOT_ENOUGH_RESOURCES(COMMAND_SPECIFIC, 0x38, "Not Enough Resources"),
    /** The controller is suspended, for a migration. */
    CONTROLLER_SUSPENDED(COMMAND_SPECIFIC, 0x39, "Controller Suspended"),
    /** The controller isn't suspended, as the command needs it to be. */
    CONTROLLER_NOT_SUSPENDED(COMMAND_SPECIFIC, 0x3A, "Controller Not Suspended"),
    /** The controller data queue has no free entry. */
    CONTROLLER_DATA_QUEUE_FULL(COMMAND_SPECIFIC, 0x3B, "Controller Data Queue Full"),
    /** The attributes of a command contradict each other, or the namespace (NVM Command Set). */
    CONFLICTING_ATTRIBUTES(COMMAND_SPECIFIC, 0x80, "Conflicting Attributes"),
    /** The protection fields of a command don't fit the namespace's format (NVM Command Set). */
    INVALID_PROTECTION_INFORMATION(COMMAND_SPECIFIC, 0x81, "Invalid Protection Information"),
    /** A write is to blocks that can only be read (NVM Command Set). */
    ATTEMPTED_WRITE_TO_READ_ONLY_RANGE(
            COMMAND_SPECIFIC, 0x82, "Attempted Write to Read Only Range"),
    /** The command is about more blocks than the controller takes at once (NVM Command Set). */
    COMMAND_SIZE_LIMIT_EXCEEDED(COMMAND_SPECIFIC, 0x83, "Command Size Limit Exceeded"),
    /** The Cancel command names no command that it can cancel. */
    INVALID_COMMAND_ID(COMMAND_SPECIFIC, 0x84, "Invalid Command ID"),
    /** The namespaces of a Copy have formats that don't fit each other (NVM Command Set). */
    INCOMPATIBLE_NAMESPACE_OR_FORMAT(COMMAND_SPECIFIC, 0x85, "Incompatible Namespace or Format"),
    /** The controller can't make a fast copy, and the command wants no other (NVM Command Set). */
    FAST_COPY_NOT_POSSIBLE(COMMAND_SPECIFIC, 0x86, "Fast Copy Not Possible"),
    /** A Copy's source and destination overlap (NVM Command Set). */
    OVERLAPPING_IO_RANGE(COMMAND_SPECIFIC, 0x87, "Overlapping I/O Range"),
    /** The controller can't reach a namespace that a Copy names (NVM Command Set). */
    NAMESPACE_NOT_REACHABLE(COMMAND_SPECIFIC, 0x88, "Namespace Not Reachable"),
    /** The controller has too few resources for a Copy (NVM Command Set). */
    INSUFFICIENT_RESOURCES(COMMAND_SPECIFIC, 0x89, "Insufficient Resources"),
    /** The command crosses a zone's boundary (Zoned Namespace Command Set). */
    ZONED_BOUNDARY_ERROR(COMMAND_SPECIFIC, 0xB8, "Zoned Boundary Error"),
    /** The zone is full (Zoned Namespace Command Set). */
    ZONE_IS_FULL(COMMAND_SPECIFIC, 0xB9, "Zone Is Full"),
    /** The zone can only be read (Zoned Namespace Command Set). */
    ZONE_IS_READ_ONLY(COMMAND_SPECIFIC, 0xBA, "Zone Is Read Only"),
    /** The zone is offline (Zoned Namespace Command Set). */
    ZONE_IS_OFFLINE(COMMAND_SPECIFIC, 0xBB, "Zone Is Offline"),
    /** A write doesn't begin at the zone's write pointer (Zoned Namespace Command Set). */
    ZONE_INVALID_WRITE(COMMAND_SPECIFIC, 0xBC, "Zone Invalid Write"),
    /** More zones would be active than the namespace allows (Zoned Namespace Command Set). */
    TOO_MANY_ACTIVE_ZONES(COMMAND_SPECIFIC, 0xBD, "Too Many Active Zones"),
    /** More zones would be open than the namespace allows (Zoned Namespace Command Set). */
    TOO_MANY_OPEN_ZONES(COMMAND_SPECIFIC, 0xBE, "Too Many Open Zones"),
    /** The zone can't go from its state to the wanted one (Zoned Namespace Command Set). */
    INVALID_ZONE_STATE_TRANSITION(COMMAND_SPECIFIC, 0xBF, "Invalid Zone State Transition"),
    // Status Code - Media and Data Integrity Error Values
    /** The data could not be committed to the medium. */
    WRITE_FAULT(MEDIA_AND_DATA_INTEGRITY, 0x80, "Write Fault"),
    /** The data could not be recovered from the medium. */
    UNRECOVERED_READ_ERROR(MEDIA_AND_DATA_INTEGRITY, 0x81, "Unrecovered Read Error"),
    /** A block's guard doesn't match its data (NVM Command Set). */
    END_TO_END_GUARD_CHECK_ERROR(MEDIA_AND_DATA_INTEGRITY, 0x82, "End-to-end Guard Check Error"),
    /** A block's application tag isn't the expected one (NVM Command Set). */
    END_TO_END_APPLICATION_TAG_CHECK_ERROR(
            MEDIA_AND_DATA_INTEGRITY, 0x83, "End-to-end Application Tag Check Error"),
    /** A block's reference tag isn't the expected one (NVM Command Set). */
    END_TO_END_REFERENCE_TAG_CHECK_ERROR(
            MEDIA_AND_DATA_INTEGRITY, 0x84, "End-to-end Reference Tag Check Error"),
    /** The medium has other data than a Compare command. */
    COMPARE_FAILURE(MEDIA_AND_DATA_INTEGRITY, 0x85, "Compare Failure"),
    /** The host lacks the right to the blocks or the namespace. */
    ACCESS_DENIED(MEDIA_AND_DATA_INTEGRITY, 0x86, "Access Denied"),
    /**
     * A block is deallocated or was never written, and the host wants that reported (NVM Command
     * Set).
     */
    DEALLOCATED_OR_UNWRITTEN_LOGICAL_BLOCK(
            MEDIA_AND_DATA_INTEGRITY, 0x87, "Deallocated or Unwritten Logical Block"),
    /** A block's storage tag isn't the expected one (NVM Command Set). */
    END_TO_END_STORAGE_TAG_CHECK_ERROR(
            MEDIA_AND_DATA_INTEGRITY, 0x88, "End-to-End Storage Tag Check Error"),
    // Status Code - Path Related Status Values
    /** The path to the namespace failed inside the controller. */
    INTERNAL_PATH_ERROR(PATH_RELATED, 0x00, "Internal Path Error"),
    /**
     * The namespace's ANA group is in the state Persistent Loss: this controller won't reach it
     * again.
     */
    ASYMMETRIC_ACCESS_PERSISTENT_LOSS(PATH_RELATED, 0x01, "Asymmetric Access Persistent Loss"),
    /**
     * The namespace's ANA group is in the state Inaccessible: this controller doesn't reach it now.
     */
    ASYMMETRIC_ACCESS_INACCESSIBLE(PATH_RELATED, 0x02, "Asymmetric Access Inaccessible"),
    /** The namespace's ANA group is going from one ANA state to another. */
    ASYMMETRIC_ACCESS_TRANSITION(PATH_RELATED, 0x03, "Asymmetric Access Transition"),
    /** The controller found an error on the path to it. */
    CONTROLLER_PATHING_ERROR(PATH_RELATED, 0x60, "Controller Pathing Error"),
    /** The host found an error on the path to the controller. */
    HOST_PATHING_ERROR(PATH_RELATED, 0x70, "Host Pathing Error"),
    /** The host gave the command up, and the device did not answer it. */
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

    /**
     * {@return the status with this type and code; empty where the specification has none}
     *
     * @param type Status Code Type (SCT), 0 to 7
     * @param code Status Code (SC), 0 to 255
     */
    public static Optional<StatusCode> find(int type, int code) {
        return Optional.ofNullable(BY_TYPE_AND_CODE.get(key(type, code)));
    }

    /** {@return the Status Code Type (SCT)} */
    public StatusCodeType type() {
        return type;
    }

    /** {@return the Status Code (SC), 0 to 255} */
    public int code() {
        return code;
    }

    /** {@return the specification's name, such as "LBA Out of Range"} */
    public String title() {
        return title;
    }

    /** {@return one sentence about the usual cause and what to do; empty for success} */
    public String hint() {
        return StatusHint.of(this);
    }
}
