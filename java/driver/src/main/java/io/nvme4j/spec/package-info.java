/**
 * What the NVMe specifications say, and nothing else: opcodes, status codes, registers, identify
 * structures and log pages. Names are those of the NVM Express Base Specification 2.1 and the NVM
 * Command Set Specification 1.1.
 *
 * <p>A leaf: it depends on nothing but the JDK. Structures are copied out of the memory that the
 * controller wrote, so they are immutable and outlive it. A field that the specification calls "0's
 * based" is converted here: accessors return the number that is meant.
 */
@NullMarked
package io.nvme4j.spec;

import org.jspecify.annotations.NullMarked;
