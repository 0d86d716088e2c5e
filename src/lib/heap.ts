/** How soon V8 collects old objects, for processes in which memory matters more than how long others wait. */
import { setFlagsFromString } from 'node:v8';

/**
 * From now on old objects are collected once they have grown by a third, instead of to several times what lives: much less memory for a fifth
 * more processor time. Not for the service: whoever waits for an answer waits for the collector, too.
 */
export function collectSooner(): void {
  setFlagsFromString('--heap-growing-percent=33');
}
