// SPDX-License-Identifier: Apache-2.0
package io.nvme4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nvme4j.spec.AdminOpcode;
import io.nvme4j.spec.AsynchronousEvent;
import io.nvme4j.spec.FeatureIdentifier;
import io.nvme4j.spec.LogPageIdentifier;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Asynchronous events of the embedded controller, which has some at hand: of its temperature. */
class EventTest {
    private static final int WITHIN_SECONDS = 60;
    private static final int COLD_KELVIN = 200;
    private static final int NEVER_KELVIN = 0xFFFF;

    private final BlockingQueue<AsynchronousEvent> told = new LinkedBlockingQueue<>();

    private static Controller attach(String mode) {
        return Controller.attach("trtype:EMBEDDED size:1M " + mode);
    }

    private static void threshold(Controller controller, int kelvin) {
        Command set =
                new Command(AdminOpcode.SET_FEATURES.value())
                        .cdw(10, FeatureIdentifier.TEMPERATURE_THRESHOLD.value())
                        .cdw(11, kelvin);
        controller.admin().execute(set).orThrow();
    }

    private AsynchronousEvent next() throws InterruptedException {
        AsynchronousEvent event = told.poll(WITHIN_SECONDS, TimeUnit.SECONDS);
        assertNotNull(event, "no event has come");
        return event;
    }

    private static void readLog(Controller controller, boolean retain) {
        GetLogPage page = new GetLogPage(LogPageIdentifier.SMART_HEALTH).retainEvent(retain);
        controller.admin().logPage(page, 512);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mode:threaded", "iova:scrambled"})
    void anEventIsToldOnceAndAgainWhenItsLogWasRead(String mode) throws Exception {
        try (Controller controller = attach(mode);
                Admin.Subscription _ = controller.admin().onEvent(told::add)) {
            threshold(controller, COLD_KELVIN);
            AsynchronousEvent event = next();
            assertEquals(AsynchronousEvent.Type.SMART_HEALTH, event.type().orElseThrow());
            assertEquals(AsynchronousEvent.TEMPERATURE_THRESHOLD, event.information());
            assertEquals(LogPageIdentifier.SMART_HEALTH.value(), event.logPage());
            readLog(controller, true);
            threshold(controller, COLD_KELVIN);
            assertNull(told.poll(300, TimeUnit.MILLISECONDS));
            readLog(controller, false);
            threshold(controller, COLD_KELVIN);
            next();
            threshold(controller, NEVER_KELVIN);
            controller.reset(1000);
            told.clear();
            threshold(controller, COLD_KELVIN);
            next(); // requests were made anew
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mode:threaded"})
    void aListenerThatMisbehavesBreaksNothing(String mode) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Controller controller = attach(mode);
        Admin admin = controller.admin();
        Admin.Subscription stuck = admin.onEvent(event -> await(never));
        admin.onEvent(
                event -> {
                    Thread.currentThread().setUncaughtExceptionHandler((thread, thrown) -> {});
                    throw new IllegalStateException("a listener's");
                });
        admin.onEvent(event -> readLog(controller, false));
        Admin.Subscription good = admin.onEvent(told::add);
        for (int i = 0; i < 5; i++) {
            threshold(controller, COLD_KELVIN);
            next();
            readLog(controller, false);
        }
        good.close();
        CountDownLatch closed = new CountDownLatch(1);
        admin.onEvent(
                event -> {
                    controller.close();
                    closed.countDown();
                });
        threshold(controller, COLD_KELVIN);
        assertTrue(closed.await(WITHIN_SECONDS, TimeUnit.SECONDS));
        assertThrows(IllegalStateException.class, controller::smartLog);
        never.countDown();
        stuck.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
