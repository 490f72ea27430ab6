/* SPDX-License-Identifier: Apache-2.0 */

/* Completions that are owed are handed over in their order, and there is a place for each command. */
#include "check.h"
#include "owed.h"

#define COMMANDS 5 /* in flight and on standby */

static struct n4j_owed owed;
static uint64_t put;
static uint64_t taken;

static void start(void) {
    CHECK_EQUAL(0, n4j_owed_open(&owed, COMMANDS));
    put = taken = 0;
}

static void put_some(uint32_t count) {
    while (count-- > 0) {
        *n4j_owed_put(&owed) = (n4j_completion){.tag = put++};
    }
}

static void take_some(uint32_t max) {
    n4j_completion completions[8 * COMMANDS];
    const uint32_t count = n4j_owed_take(&owed, completions, max);
    CHECK_EQUAL(put - taken < max ? put - taken : max, count);
    for (uint32_t i = 0; i < count; i++) {
        CHECK_EQUAL(taken++, completions[i].tag);
    }
}

static void a_batch_that_fits_never_makes_it_grow(void) {
    start();
    const uint32_t capacity = owed.capacity;
    for (int round = 0; round < 100; round++) {
        CHECK_EQUAL(0, n4j_owed_reserve(&owed, COMMANDS));
        put_some(COMMANDS);
        take_some(COMMANDS);
    }
    CHECK_EQUAL(capacity, owed.capacity);
    n4j_owed_close(&owed);
}

static void each_has_its_place_however_many_there_are_and_the_order_stays(void) {
    start();
    for (uint32_t round = 1; round < 200; round++) {
        const uint32_t batch = round % (3 * COMMANDS);
        CHECK_EQUAL(0, n4j_owed_reserve(&owed, batch));
        CHECK(owed.capacity - owed.count >= batch + COMMANDS);
        put_some(batch);
        take_some(round % (2 * COMMANDS));
    }
    take_some(COMMANDS);
    while (taken < put) {
        take_some(8 * COMMANDS);
    }
    n4j_owed_close(&owed);
}

static void more_than_it_can_hold_changes_nothing(void) {
    start();
    put_some(2);
    owed.count += UINT32_MAX / 2;
    CHECK_EQUAL(-ENOMEM, n4j_owed_reserve(&owed, UINT32_MAX));
    owed.count -= UINT32_MAX / 2;
    take_some(3);
    n4j_owed_close(&owed);
}

int main(void) {
    RUN(a_batch_that_fits_never_makes_it_grow);
    RUN(each_has_its_place_however_many_there_are_and_the_order_stays);
    RUN(more_than_it_can_hold_changes_nothing);
    return 0;
}
