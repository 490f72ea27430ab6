// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.spec;

/** What usually causes a status, and what to do about it: advice, not the specification's text. */
final class StatusHint {
    private StatusHint() {}

    static String of(StatusCode code) {
        return switch (code) {
            case SUCCESSFUL_COMPLETION -> "";
            case INVALID_COMMAND_OPCODE -> "the controller does not implement this command";
            case INVALID_FIELD_IN_COMMAND ->
                    "a field has a value that the controller does not take; the Error Information"
                            + " log page may say which";
            case COMMAND_ID_CONFLICT ->
                    "the identifier is that of a command still in flight, which is a fault of the"
                            + " driver";
            case DATA_TRANSFER_ERROR ->
                    "the controller could not move the data: look at the memory that the command"
                            + " points at, and at the link";
            case COMMANDS_ABORTED_DUE_TO_POWER_LOSS_NOTIFICATION ->
                    "power is being lost; retry when it is back";
            case INTERNAL_ERROR ->
                    "the controller failed inside itself; retry, and read its Error Information and"
                            + " SMART log pages";
            case COMMAND_ABORT_REQUESTED ->
                    "an Abort command ended it; submit it again if it is still wanted";
            case COMMAND_ABORTED_DUE_TO_SQ_DELETION ->
                    "its queue was deleted while it was in flight; submit it on another queue";
            case COMMAND_ABORTED_DUE_TO_FAILED_FUSED_COMMAND ->
                    "the other command of the pair failed; see that one's status";
            case COMMAND_ABORTED_DUE_TO_MISSING_FUSED_COMMAND ->
                    "both commands of a fused pair must be submitted one after the other on one"
                            + " queue";
            case INVALID_NAMESPACE_OR_FORMAT ->
                    "the namespace is not active or its format does not fit the command; list the"
                            + " namespaces";
            case COMMAND_SEQUENCE_ERROR ->
                    "the command belongs to a sequence and came at the wrong place in it";
            case INVALID_SGL_SEGMENT_DESCRIPTOR ->
                    "the SGL has a segment descriptor that points nowhere or is followed by others";
            case INVALID_NUMBER_OF_SGL_DESCRIPTORS ->
                    "a segment of the SGL has a length that does not fit what is in it";
            case DATA_SGL_LENGTH_INVALID ->
                    "the SGL describes less data, or more, than the command moves";
            case METADATA_SGL_LENGTH_INVALID ->
                    "the SGL describes less metadata, or more, than the command moves";
            case SGL_DESCRIPTOR_TYPE_INVALID ->
                    "the controller does not take a descriptor of this type, or at this place";
            case INVALID_USE_OF_CONTROLLER_MEMORY_BUFFER ->
                    "the controller does not let the command use its memory buffer in this way";
            case PRP_OFFSET_INVALID ->
                    "a PRP entry is not aligned: only the first may begin inside a page, on a"
                            + " dword";
            case ATOMIC_WRITE_UNIT_EXCEEDED ->
                    "split the write into commands no larger than the atomic write unit";
            case OPERATION_DENIED ->
                    "the host lacks the right to this; unlock the device or authenticate first";
            case SGL_OFFSET_INVALID -> "an offset of a descriptor is not aligned or is too large";
            case HOST_IDENTIFIER_INCONSISTENT_FORMAT ->
                    "all hosts of the subsystem must use identifiers of one size, 64 or 128 bits";
            case KEEP_ALIVE_TIMER_EXPIRED ->
                    "the host was silent for too long and the controller gave up; attach again";
            case KEEP_ALIVE_TIMEOUT_INVALID -> "set a keep alive timeout that the controller takes";
            case COMMAND_ABORTED_DUE_TO_PREEMPT_AND_ABORT ->
                    "another host took the reservation and aborted the commands of this one";
            case SANITIZE_FAILED ->
                    "the last sanitize operation failed; sanitize again before anything else";
            case SANITIZE_IN_PROGRESS -> "wait until the sanitize operation is finished";
            case SGL_DATA_BLOCK_GRANULARITY_INVALID ->
                    "the controller takes only addresses and lengths that are multiples of 4";
            case COMMAND_NOT_SUPPORTED_FOR_QUEUE_IN_CMB ->
                    "use a queue that is not in the controller memory buffer";
            case NAMESPACE_IS_WRITE_PROTECTED ->
                    "end the write protection of the namespace, or write elsewhere";
            case COMMAND_INTERRUPTED ->
                    "the controller could not finish it just now; retry after the command retry"
                            + " delay";
            case TRANSIENT_TRANSPORT_ERROR -> "the connection had a passing fault; retry";
            case COMMAND_PROHIBITED_BY_COMMAND_AND_FEATURE_LOCKDOWN ->
                    "end the lockdown of this command first";
            case ADMIN_COMMAND_MEDIA_NOT_READY -> "the medium is not ready yet; retry later";
            case INVALID_KEY_TAG ->
                    "the command names an encryption key that the controller does not have";
            case HOST_DISPERSED_NAMESPACE_SUPPORT_NOT_ENABLED ->
                    "enable it in the Host Behavior Support feature first";
            case HOST_IDENTIFIER_NOT_INITIALIZED -> "set the Host Identifier feature first";
            case INCORRECT_KEY ->
                    "the encryption key is not the one that the data was written with";
            case FDP_DISABLED -> "enable Flexible Data Placement in the endurance group first";
            case INVALID_PLACEMENT_HANDLE_LIST ->
                    "the list names a placement handle that does not exist, or one twice";
            case LBA_OUT_OF_RANGE ->
                    "the command reaches beyond the end of the namespace: compare it with the"
                            + " namespace's size";
            case CAPACITY_EXCEEDED ->
                    "the namespace has no free capacity left; deallocate blocks that are not"
                            + " needed";
            case NAMESPACE_NOT_READY -> "retry later; if it stays so, read the SMART log page";
            case RESERVATION_CONFLICT ->
                    "another host holds a reservation; register with it or have it released";
            case FORMAT_IN_PROGRESS -> "wait until the namespace is formatted";
            case INVALID_VALUE_SIZE -> "the key value store does not take a value of this length";
            case INVALID_KEY_SIZE -> "the key value store does not take a key of this length";
            case KV_KEY_DOES_NOT_EXIST -> "store the key first";
            case UNRECOVERED_ERROR ->
                    "the value could not be read back from the medium; restore it from a copy";
            case KEY_EXISTS -> "delete the key first or store without that condition";
            case COMPLETION_QUEUE_INVALID ->
                    "create the completion queue before the submission queue that uses it";
            case INVALID_QUEUE_IDENTIFIER ->
                    "the identifier is in use, is 0, or is above the number of queues granted";
            case INVALID_QUEUE_SIZE ->
                    "a queue has 2 entries or more, and no more than CAP.MQES says";
            case ABORT_COMMAND_LIMIT_EXCEEDED -> "wait for an Abort command that is in flight";
            case ASYNCHRONOUS_EVENT_REQUEST_LIMIT_EXCEEDED ->
                    "keep fewer of these commands in flight; Identify Controller says how many";
            case INVALID_FIRMWARE_SLOT -> "choose a slot that exists and can be written";
            case INVALID_FIRMWARE_IMAGE -> "the image is damaged, incomplete or another product's";
            case INVALID_INTERRUPT_VECTOR -> "use a vector that the controller has";
            case INVALID_LOG_PAGE -> "the controller does not have this log page";
            case INVALID_FORMAT -> "choose a format that Identify Namespace lists";
            case FIRMWARE_ACTIVATION_REQUIRES_CONVENTIONAL_RESET ->
                    "reset the PCI function to run the new firmware";
            case INVALID_QUEUE_DELETION ->
                    "delete the submission queues before their completion queue";
            case FEATURE_IDENTIFIER_NOT_SAVEABLE -> "set the feature without saving it";
            case FEATURE_NOT_CHANGEABLE -> "the controller has this feature with a fixed value";
            case FEATURE_NOT_NAMESPACE_SPECIFIC ->
                    "set the feature for the controller, without a namespace";
            case FIRMWARE_ACTIVATION_REQUIRES_NVM_SUBSYSTEM_RESET ->
                    "reset the NVM subsystem to run the new firmware";
            case FIRMWARE_ACTIVATION_REQUIRES_CONTROLLER_LEVEL_RESET ->
                    "reset the controller to run the new firmware";
            case FIRMWARE_ACTIVATION_REQUIRES_MAXIMUM_TIME_VIOLATION ->
                    "commit the image for the next reset instead of at once";
            case FIRMWARE_ACTIVATION_PROHIBITED ->
                    "the vendor's rules forbid this image, as for a downgrade";
            case OVERLAPPING_RANGE ->
                    "ranges overlap where they must not; send the image again from its beginning";
            case NAMESPACE_INSUFFICIENT_CAPACITY -> "delete a namespace or create a smaller one";
            case NAMESPACE_IDENTIFIER_UNAVAILABLE ->
                    "the controller has as many namespaces as it can; delete one";
            case NAMESPACE_ALREADY_ATTACHED ->
                    "the controller is attached to it already, so nothing is left to do";
            case NAMESPACE_IS_PRIVATE -> "detach it from the other controller first";
            case NAMESPACE_NOT_ATTACHED -> "the controller is not attached to it";
            case THIN_PROVISIONING_NOT_SUPPORTED ->
                    "create the namespace with a capacity equal to its size";
            case CONTROLLER_LIST_INVALID ->
                    "the list names a controller that does not exist, or none";
            case DEVICE_SELF_TEST_IN_PROGRESS ->
                    "wait for the self-test that is running, or abort it";
            case BOOT_PARTITION_WRITE_PROHIBITED -> "unlock the boot partition first";
            case INVALID_CONTROLLER_IDENTIFIER ->
                    "the subsystem has no controller with this identifier";
            case INVALID_SECONDARY_CONTROLLER_STATE ->
                    "bring the secondary controller into the state that the action needs";
            case INVALID_NUMBER_OF_CONTROLLER_RESOURCES -> "assign no more resources than are free";
            case INVALID_RESOURCE_IDENTIFIER -> "the controller has no resource of this kind";
            case SANITIZE_PROHIBITED_WHILE_PERSISTENT_MEMORY_REGION_IS_ENABLED ->
                    "disable the persistent memory region first";
            case ANA_GROUP_IDENTIFIER_INVALID -> "choose an ANA group that the controller has";
            case ANA_ATTACH_FAILED -> "the namespace can't be reached by this controller just now";
            case INSUFFICIENT_CAPACITY -> "not enough capacity is free for what was asked";
            case NAMESPACE_ATTACHMENT_LIMIT_EXCEEDED -> "detach a namespace first";
            case PROHIBITION_OF_COMMAND_EXECUTION_NOT_SUPPORTED ->
                    "the controller can't lock this command down";
            case IO_COMMAND_SET_NOT_SUPPORTED ->
                    "the controller does not have the namespace's command set";
            case IO_COMMAND_SET_NOT_ENABLED -> "enable the command set in CC.CSS first";
            case IO_COMMAND_SET_COMBINATION_REJECTED ->
                    "detach the namespaces of other command sets first";
            case INVALID_IO_COMMAND_SET -> "the controller does not take this command set here";
            case IDENTIFIER_UNAVAILABLE ->
                    "all identifiers of this kind are in use; delete something of the kind";
            case NAMESPACE_IS_DISPERSED ->
                    "the namespace lives in several subsystems, for which this command is not"
                            + " allowed";
            case INVALID_DISCOVERY_INFORMATION -> "correct the entry that was to be registered";
            case ZONING_DATA_STRUCTURE_LOCKED ->
                    "wait until the other host has released the zoning data";
            case ZONING_DATA_STRUCTURE_NOT_FOUND ->
                    "the zoning data that the command names does not exist";
            case INSUFFICIENT_DISCOVERY_RESOURCES ->
                    "the discovery controller is full; delete entries first";
            case REQUESTED_FUNCTION_DISABLED -> "enable the function first";
            case ZONEGROUP_ORIGINATOR_INVALID -> "only who created the zone group may change it";
            case INVALID_HOST -> "the command names a host that the subsystem does not know";
            case INVALID_NVM_SUBSYSTEM -> "the command names a subsystem that does not exist";
            case INVALID_CONTROLLER_DATA_QUEUE -> "the controller has no such data queue";
            case NOT_ENOUGH_RESOURCES -> "the controller lacks the resources for this just now";
            case CONTROLLER_SUSPENDED -> "resume the controller first";
            case CONTROLLER_NOT_SUSPENDED -> "suspend the controller first";
            case CONTROLLER_DATA_QUEUE_FULL -> "take entries out of the data queue";
            case CONFLICTING_ATTRIBUTES ->
                    "the attributes of the command contradict each other; for a Connect command,"
                            + " its format";
            case INVALID_PROTECTION_INFORMATION ->
                    "the protection settings do not fit the namespace's; for a Connect command, the"
                            + " controller is busy";
            case ATTEMPTED_WRITE_TO_READ_ONLY_RANGE ->
                    "the blocks can't be written; for a Connect command, a parameter is invalid";
            case COMMAND_SIZE_LIMIT_EXCEEDED ->
                    "make the command smaller than the limit in Identify; for a Connect command,"
                            + " discover again";
            case INVALID_COMMAND_ID ->
                    "no command with this identifier is in flight; for a Connect command, this host"
                            + " is not allowed";
            case INCOMPATIBLE_NAMESPACE_OR_FORMAT ->
                    "the namespaces of a Copy command must have the same format";
            case FAST_COPY_NOT_POSSIBLE -> "copy without asking for a fast one";
            case OVERLAPPING_IO_RANGE -> "source and destination of a Copy command overlap";
            case NAMESPACE_NOT_REACHABLE ->
                    "a source namespace of a Copy command can't be reached just now";
            case INSUFFICIENT_RESOURCES ->
                    "the controller lacks the resources for this just now; retry with less";
            case ZONED_BOUNDARY_ERROR -> "the command crosses the end of a zone; split it there";
            case ZONE_IS_FULL -> "reset the zone or write to another";
            case ZONE_IS_READ_ONLY -> "the zone can only be read any more";
            case ZONE_IS_OFFLINE -> "the zone can't be used any more";
            case ZONE_INVALID_WRITE -> "write at the zone's write pointer, or use Zone Append";
            case TOO_MANY_ACTIVE_ZONES -> "finish or reset another zone first";
            case TOO_MANY_OPEN_ZONES -> "close another zone first";
            case INVALID_ZONE_STATE_TRANSITION -> "the zone's state does not allow this action";
            case WRITE_FAULT -> "the medium did not take the data; read the SMART log page";
            case UNRECOVERED_READ_ERROR ->
                    "the medium lost the data; restore the blocks from a copy by writing them";
            case END_TO_END_GUARD_CHECK_ERROR ->
                    "the data does not fit its checksum: it was damaged on the way or written"
                            + " without one";
            case END_TO_END_APPLICATION_TAG_CHECK_ERROR ->
                    "the blocks carry another application tag than the command expects";
            case END_TO_END_REFERENCE_TAG_CHECK_ERROR ->
                    "the blocks carry another reference tag: they may have been meant for another"
                            + " LBA";
            case COMPARE_FAILURE -> "what is on the medium differs from the data of the command";
            case ACCESS_DENIED -> "the host may not access these blocks; unlock the range first";
            case DEALLOCATED_OR_UNWRITTEN_LOGICAL_BLOCK ->
                    "the blocks were never written or were deallocated; write them first";
            case END_TO_END_STORAGE_TAG_CHECK_ERROR ->
                    "the blocks carry another storage tag than the command expects";
            case INTERNAL_PATH_ERROR ->
                    "the path failed for a reason of the controller's; use another path or retry";
            case ASYMMETRIC_ACCESS_PERSISTENT_LOSS ->
                    "this controller lost access to the namespace for good; use another path";
            case ASYMMETRIC_ACCESS_INACCESSIBLE ->
                    "this controller can't access the namespace now; use another path";
            case ASYMMETRIC_ACCESS_TRANSITION ->
                    "access is moving to another controller; retry after a while";
            case CONTROLLER_PATHING_ERROR ->
                    "the controller found a fault in the path; use another path or retry";
            case HOST_PATHING_ERROR ->
                    "the host found a fault in the path; use another path or attach again";
            case COMMAND_ABORTED_BY_HOST ->
                    "the host gave the command up, as when its controller failed or was reset";
        };
    }
}
