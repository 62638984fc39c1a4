/**
 * What V8 is told before the program runs. Lists that are read again and again leave much behind: memory is given back
 * sooner, for a little more work, but not before the heap has grown by a quarter. And the WebAssembly that lays out boxes
 * and reads HTTP is compiled once, not optimized: that takes 20 MB for a moment, of which the threads that did it keep 10.
 */
export const v8Flags = [
  '--optimize-for-size',
  '--heap-growing-percent=25',
  '--no-wasm-tier-up',
  '--no-wasm-dynamic-tiering',
];
