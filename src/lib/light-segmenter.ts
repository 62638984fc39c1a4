import { once } from './once.ts';

interface Segment {
  readonly segment: string;
  readonly index: number;
}

interface Segments extends Iterable<Segment> {
  containing(index?: number): Segment | undefined;
}

// Not written in full: the build puts this class in the place of that name.
const whole = once(() => new (Reflect.get(Intl, 'Segmenter') as typeof Intl.Segmenter)('en'));

/** Each UTF-16 unit of these stands alone: controls (CR and LF would join), ASCII, Latin-1, arrows, frames, CJK, kana, hangul. */
const SEPARATE =
  /^[\0-\u000c\u000e-\u00a9\u00ab\u00ac\u00af-\u00ff\u2010-\u2027\u2190-\u2193\u219a-\u21a8\u21ab-\u21ff\u2500-\u25a9\u25b7-\u25bf\u25c1-\u25fa\u2713\u2717\u3001-\u3029\u3041-\u3096\u30a0-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60]*$/;

/**
 * `Intl.Segmenter` of graphemes for all that is bundled. Plain text it cuts by itself: the real one takes 15 ms to load
 * and 1 µs a character, and is there for the rest.
 */
export class LightSegmenter {
  segment(text: string): Segments {
    if (!SEPARATE.test(text)) return whole().segment(text);
    const at = (index: number): Segment => ({ segment: text.charAt(index), index });
    return {
      containing: (index = 0) => (index >= 0 && index < text.length ? at(Math.floor(index)) : undefined),
      *[Symbol.iterator]() {
        for (let index = 0; index < text.length; index++) yield at(index);
      },
    };
  }
}
