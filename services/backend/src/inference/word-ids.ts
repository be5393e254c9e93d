import type { Tokenizer } from '@huggingface/tokenizers';

/** What is read of a `tokenizer.json` beside what the tokenizer itself reads. */
export interface TokenizerFile {
  readonly normalizer?: { readonly type?: string; readonly lowercase?: boolean } | null;
  readonly pre_tokenizer?: { readonly type?: string } | null;
  readonly model?: {
    readonly type?: string;
    readonly fuse_unk?: boolean;
    readonly max_input_chars_per_word?: number;
  };
  readonly added_tokens?: readonly { readonly content: string }[];
}

/** Token ids of a text, special tokens included; undefined when only the tokenizer itself can tell. */
export type WordIds = (text: string) => number[] | undefined;

/** Begins every added token, so that a text without it holds none. */
const MARK = '[';
/** Printable ASCII without the mark, and the white space that separates words. */
const PLAIN = /^[\t\n\r -Z\\-~]*$/;
/** BERT's rule for such texts: each punctuation mark is a word of its own. */
const WORDS = /[0-9A-Za-z]+|[^\s0-9A-Za-z]/g;
const DEFAULT_MAX_CHARS = 100;

/**
 * Most words of an English text stand in the vocabulary as they are: WordPiece takes the longest piece
 * that it knows, so each is its own token, and a look-up says what the tokenizer would after several
 * passes over all characters. It is asked only for the other words.
 * @returns undefined for a tokenizer of another kind
 */
export function createWordIds(tokenizer: Tokenizer, file: TokenizerFile): WordIds | undefined {
  if (!isBert(file)) return undefined;
  const lowercase = file.normalizer?.lowercase === true;
  const maxChars = file.model?.max_input_chars_per_word ?? DEFAULT_MAX_CHARS;
  const { before, after } = frameOf(tokenizer);
  return (text) => {
    if (!PLAIN.test(text)) return undefined;
    const ids = [...before];
    for (const word of (lowercase ? text.toLowerCase() : text).match(WORDS) ?? []) {
      const id = word.length <= maxChars ? tokenizer.token_to_id(word) : undefined;
      if (id === undefined) ids.push(...tokenizer.encode(word, { add_special_tokens: false }).ids);
      else ids.push(id);
    }
    ids.push(...after);
    return ids;
  };
}

/** Whether words are told apart and looked up as above, and one never changes another's tokens. */
function isBert({ normalizer, pre_tokenizer, model, added_tokens = [] }: TokenizerFile): boolean {
  return (
    normalizer?.type === 'BertNormalizer' &&
    pre_tokenizer?.type === 'BertPreTokenizer' &&
    model?.type === 'WordPiece' &&
    model.fuse_unk !== true &&
    added_tokens.every(({ content }) => content.startsWith(MARK))
  );
}

/** The special tokens around every text. */
function frameOf(tokenizer: Tokenizer): { before: readonly number[]; after: readonly number[] } {
  const word = 'a';
  const bare = tokenizer.encode(word, { add_special_tokens: false }).ids;
  const { ids } = tokenizer.encode(word);
  const at = ids.indexOf(bare[0] ?? -1);
  return { before: ids.slice(0, at), after: ids.slice(at + bare.length) };
}
