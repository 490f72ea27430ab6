/** JMH benchmarks of the data path, on the embedded controller's null namespace. */
@NullMarked
package io.nvme4j.bench;

import org.jspecify.annotations.NullMarked;
