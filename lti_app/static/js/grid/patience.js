/* How long an answer may take: a network that went away in between never tells. */

const LONGEST = 20000; // ms

/* A signal that ends a request which got no answer. With a timer of its own, since Safari knows
 * AbortSignal.timeout from its version 16 only, and there each request would fail before it was sent. */
export function patience() {
  const controller = new AbortController();
  setTimeout(() => controller.abort(), LONGEST);
  return controller.signal;
}
