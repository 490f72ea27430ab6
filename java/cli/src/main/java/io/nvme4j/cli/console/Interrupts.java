// SPDX-License-Identifier: Apache-2.0
package io.nvme4j.cli.console;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ctrl-C (SIGINT) and SIGTERM while a run goes on: the first asks it to end, the second ends the
 * process at once.
 *
 * <p>By way of {@code sun.misc.Signal}, which is called by reflection as the compiler warns of it:
 * a shutdown hook, the only other way, would not be told of a second signal. Where it isn't there,
 * signals do what they always do.
 */
public final class Interrupts implements AutoCloseable {
    private static final Map<String, Integer> SIGNALS = Map.of("INT", 2, "TERM", 15);

    private final Runnable stop;
    private final AtomicInteger received = new AtomicInteger();
    private final Map<Object, Object> previousHandlers = new HashMap<>();

    /**
     * @param stop called once, on a thread of its own
     */
    public Interrupts(Runnable stop) {
        this.stop = stop;
        SIGNALS.forEach(this::install);
    }

    private void install(String name, int number) {
        try {
            Class<?> type = Class.forName("sun.misc.SignalHandler");
            Object handler =
                    Proxy.newProxyInstance(
                            type.getClassLoader(),
                            new Class<?>[] {type},
                            (proxy, method, arguments) -> onCall(number));
            Object signal = signalClass().getConstructor(String.class).newInstance(name);
            previousHandlers.put(signal, handle(signal, handler));
        } catch (ReflectiveOperationException e) {
            // Not in this JVM, or kept by it (-Xrs).
        }
    }

    private static Class<?> signalClass() throws ClassNotFoundException {
        return Class.forName("sun.misc.Signal");
    }

    private static Object handle(Object signal, Object handler)
            throws ReflectiveOperationException {
        Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
        try {
            return signalClass()
                    .getMethod("handle", signalClass(), handlerClass)
                    .invoke(null, signal, handler);
        } catch (InvocationTargetException e) {
            throw new ReflectiveOperationException(e);
        }
    }

    /** A call of {@code SignalHandler.handle}; nobody makes another. */
    private Object onCall(int number) {
        receive(number);
        return number; // of a void method, so ignored
    }

    private void receive(int number) {
        if (received.compareAndSet(0, number)) {
            stop.run();
        } else {
            Runtime.getRuntime().halt(ExitCode.SIGNAL + number);
        }
    }

    /** Number of the signal that was received, or 0. */
    public int received() {
        return received.get();
    }

    /** Gives the signals back. */
    @Override
    public void close() {
        previousHandlers.forEach(
                (signal, previous) -> {
                    try {
                        handle(signal, previous);
                    } catch (ReflectiveOperationException e) {
                        // It could be set before, so it can be set back.
                    }
                });
    }
}
