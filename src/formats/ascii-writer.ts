/** Text of many small pieces, written byte by byte: several times as fast as joining a string for each. */

export class AsciiWriter {
  #bytes = new Uint8Array(65_536)
  #length = 0

  /** ASCII only. */
  text(text: string): this {
    this.#reserve(text.length)
    for (let k = 0; k < text.length; k++) this.#bytes[this.#length++] = text.charCodeAt(k)
    return this
  }

  /** Whole, not negative, below 2^53. */
  integer(value: number): this {
    let digits = 1
    for (let power = 10; power <= value; power *= 10) digits++
    this.#reserve(digits)
    let rest = value
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      const tenth = Math.floor(rest / 10)
      // In this order: 48 more could be beyond 2^53.
      this.#bytes[at] = 48 + (rest - 10 * tenth)
      rest = tenth
    }
    this.#length += digits
    return this
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const larger = new Uint8Array(2 * this.#bytes.length + more)
    larger.set(this.#bytes)
    this.#bytes = larger
  }

  toString(): string {
    return Buffer.from(this.#bytes.buffer, 0, this.#length).toString('latin1')
  }
}
