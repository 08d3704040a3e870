using System.Buffers;
using System.Globalization;
using System.Text;
using Mail.Security.Smtp;

namespace Mail.Security.Fuzz.Targets;

/// <summary>A stream of BDAT commands and their chunks: the same chunks however it is cut, and those that a plain reading of it finds.</summary>
internal static class BdatTarget
{
    private const int Limit = 512;

    public static void Run(byte[] input)
    {
        var expected = Plain(input);
        foreach (var cuts in Wire.Segmentations(input))
        {
            var stream = new Stream();
            foreach (var piece in Wire.Pieces(input, cuts))
                stream.Take(piece.Span);
            Check.Same(expected, stream.Seen, "the chunks");
        }
    }

    // RFC 3030 §2, by string functions.
    private static List<string> Plain(byte[] input)
    {
        var seen = new List<string>();
        var text = Encoding.Latin1.GetString(input);
        while (true)
        {
            var end = text.IndexOf("\r\n", StringComparison.Ordinal);
            if (end < 0 || end + 2 > Limit)
                return seen;
            var line = text[..end].TrimEnd(' ', '\t');
            text = text[(end + 2)..];
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (line.AsSpan().ContainsAny("\r\n\0") || !line.StartsWith("BDAT ", StringComparison.OrdinalIgnoreCase) || words.Length is < 2 or > 3
                || words[1].Any(letter => !char.IsAsciiDigit(letter)) || !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                || (words.Length == 3 && !words[2].Equals("LAST", StringComparison.OrdinalIgnoreCase)))
                return seen;
            var length = (int)Math.Min(size, text.Length);
            seen.Add($"{size} {(words.Length == 3 ? ChunkKind.Last : ChunkKind.More)} {Convert.ToHexString(Encoding.Latin1.GetBytes(text[..length]))}");
            text = text[length..];
            if (length < size)
                return seen;
        }
    }

    private sealed class Stream
    {
        private readonly byte[] _scratch = new byte[Limit];
        private readonly List<(ChunkHeader Header, List<byte> Bytes)> _chunks = [];
        private byte[] _kept = [];
        private ChunkDecoder _decoder;
        private bool _over;

        public List<string> Seen => [.. _chunks.Select(chunk => $"{chunk.Header.Size} {chunk.Header.Kind} {Convert.ToHexString(chunk.Bytes.ToArray())}")];

        public void Take(ReadOnlySpan<byte> piece)
        {
            byte[] buffer = [.. _kept, .. piece];
            var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(buffer));
            while (!_over && Step(ref reader))
            {
            }
            _kept = buffer[(int)reader.Consumed..];
        }

        private bool Step(ref SequenceReader<byte> reader)
        {
            if (!_decoder.IsComplete)
            {
                var before = _decoder.Remaining;
                var found = _decoder.TryRead(ref reader, out var content);
                if (found)
                    _chunks[^1].Bytes.AddRange(content.ToArray());
                Check.Equal(before - content.Length, _decoder.Remaining, "what remains of a chunk");
                return found;
            }
            var status = SmtpCommandReader.TryRead(ref reader, _scratch, out var command, out _);
            if (status == ReadStatus.NeedMoreData)
                return false;
            if (status == ReadStatus.Invalid || command.Verb != SmtpVerb.Bdat || !ChunkHeader.TryRead(command.Argument, out var header, out _))
            {
                _over = true;
                return false;
            }
            _decoder = new ChunkDecoder(header);
            _chunks.Add((header, []));
            return true;
        }
    }
}
