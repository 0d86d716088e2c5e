/**
 * How far V8 lets old objects grow before it collects them: by a third, not by up to three times. The lane's memory lives for days, and what
 * it replaces is garbage; V8's own rule would let that reach gigabytes before it looked.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--heap-growing-percent=33');
