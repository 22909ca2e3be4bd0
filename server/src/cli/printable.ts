/**
 * Names come from files that anybody may have written. Control characters would move the cursor of a terminal, and
 * characters that turn the direction of text would make one line look like another.
 */
export function printable(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => (/[\t\n\r]/.test(character) ? " " : "\ufffd"),
  );
}
