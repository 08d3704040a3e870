namespace Mail.Security.Fuzz.Engine;

/// <summary>Makes new inputs of old ones. What it makes follows from the seed alone.</summary>
/// <param name="seed">The seed.</param>
/// <param name="words">What the format is made of: put in whole, since no chance would spell it.</param>
/// <param name="maxLength">The longest input.</param>
public sealed class Mutator(int seed, IReadOnlyList<byte[]> words, int maxLength)
{
    private static readonly byte[] Telling = [0, (byte)'\r', (byte)'\n', (byte)'.', (byte)' ', (byte)'\t', (byte)'<', (byte)'>', (byte)'@', (byte)'"', (byte)'\\', (byte)'=', (byte)'+', (byte)',', (byte)';', (byte)':', (byte)'-', (byte)'*', (byte)'0', (byte)'9', 0x7F, 0x80, 0xC0, 0xC3, 0xE2, 0xFF];

    private readonly Random _random = new(seed);

    /// <summary>Picks one of a number of things, the later ones as likely as all before them together with them.</summary>
    public int Pick(int count) => _random.Next(2) == 0 ? _random.Next(count) : count - 1 - _random.Next(1 + count / 4);

    /// <summary>Changes an input in a few places; <paramref name="other"/> is one to take pieces of.</summary>
    public byte[] Mutate(byte[] input, byte[] other)
    {
        var bytes = new List<byte>(input);
        for (var count = 1 << _random.Next(5); count > 0; count--)
            Change(bytes, other);
        if (bytes.Count > maxLength)
            bytes.RemoveRange(maxLength, bytes.Count - maxLength);
        return [.. bytes];
    }

    private void Change(List<byte> bytes, byte[] other)
    {
        switch (_random.Next(14))
        {
            case 0 when bytes.Count > 0:
                bytes[At(bytes)] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when bytes.Count > 0:
                bytes[At(bytes)] = Telling[_random.Next(Telling.Length)];
                break;
            case 2 when bytes.Count > 0:
                bytes[At(bytes)] += (byte)(_random.Next(35) - 17);
                break;
            case 3 when bytes.Count > 0:
                bytes[At(bytes)] = (byte)_random.Next(256);
                break;
            case 4 or 12 or 13 when bytes.Count > 1:
                bytes.RemoveRange(Span(bytes.Count, out var length), length);
                break;
            case 5 when bytes.Count > 0:
                bytes.InsertRange(_random.Next(bytes.Count + 1), bytes.GetRange(Span(bytes.Count, out var copied), copied));
                break;
            case 6:
                bytes.Insert(_random.Next(bytes.Count + 1), _random.Next(2) == 0 ? Telling[_random.Next(Telling.Length)] : (byte)_random.Next(256));
                break;
            case 7 or 8 when words.Count > 0:
                bytes.InsertRange(_random.Next(bytes.Count + 1), words[_random.Next(words.Count)]);
                break;
            case 9 when words.Count > 0 && bytes.Count > 0:
                Overwrite(bytes, words[_random.Next(words.Count)]);
                break;
            case 10 when other.Length > 0:
                bytes.InsertRange(_random.Next(bytes.Count + 1), other.AsSpan(Span(other.Length, out var taken), taken).ToArray());
                break;
            case 11 when bytes.Count > 0:
                Stretch(bytes);
                break;
            default:
                break;
        }
    }

    private int At(List<byte> bytes) => _random.Next(bytes.Count);

    // Mostly short, sometimes anything.
    private int Span(int count, out int length)
    {
        length = 1 + _random.Next(_random.Next(4) == 0 ? count : Math.Min(count, 16));
        return _random.Next(count - length + 1);
    }

    private void Overwrite(List<byte> bytes, byte[] word)
    {
        var at = At(bytes);
        bytes.RemoveRange(at, Math.Min(word.Length, bytes.Count - at));
        bytes.InsertRange(at, word);
    }

    // Limits are found by length.
    private void Stretch(List<byte> bytes)
    {
        var piece = bytes.GetRange(Span(bytes.Count, out var length), length);
        var at = _random.Next(bytes.Count + 1);
        for (var times = 1 << _random.Next(10); times > 0 && bytes.Count < maxLength; times--)
            bytes.InsertRange(at, piece);
    }
}
