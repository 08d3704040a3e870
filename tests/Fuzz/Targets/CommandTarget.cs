using System.Buffers;
using Mail.Security.Smtp;

namespace Mail.Security.Fuzz.Targets;

/// <summary>A stream of command lines: the same commands however it is cut; a command that can be written again is read as it was.</summary>
internal static class CommandTarget
{
    private const int Limit = 512;

    public static void Run(byte[] input)
    {
        List<string>? whole = null;
        foreach (var cuts in Wire.Segmentations(input))
        {
            var seen = new Feed().Run(Wire.Pieces(input, cuts));
            whole ??= seen;
            Check.Same(whole, seen, "how the input is cut changes nothing");
        }
        Check.Same(whole!, ReadAtOnce(input, Wire.Steps(input)), "one sequence of many segments reads as the bytes do");
        Check.Same(whole!, ReadAtOnce(input, Wire.Cuts(input, 2)), "one sequence of few segments reads as the bytes do");
    }

    private static List<string> ReadAtOnce(byte[] input, int[] cuts)
    {
        var feed = new Feed();
        feed.Read(Wire.Split(input, cuts));
        return feed.Seen;
    }

    // What a server does: keeps what is not read, and skips the rest of a bad line.
    private sealed class Feed
    {
        private readonly byte[] _scratch = new byte[Limit];
        private bool _skipping;

        public List<string> Seen { get; } = [];

        public List<string> Run(List<ReadOnlyMemory<byte>> pieces)
        {
            var kept = Array.Empty<byte>();
            foreach (var piece in pieces)
            {
                byte[] buffer = [.. kept, .. piece.Span];
                kept = buffer[(int)Read(new ReadOnlySequence<byte>(buffer))..];
                Check.That(kept.Length < Limit, "no more than a line is kept");
            }
            return Seen;
        }

        public long Read(ReadOnlySequence<byte> bytes)
        {
            var reader = new SequenceReader<byte>(bytes);
            while (true)
            {
                if (_skipping)
                {
                    if (!SmtpCommandReader.TrySkipLine(ref reader))
                        return reader.Consumed;
                    _skipping = false;
                }
                var before = reader.Consumed;
                var status = SmtpCommandReader.TryRead(ref reader, _scratch, out var command, out var fault);
                if (status == ReadStatus.Complete)
                {
                    Check.That(reader.Consumed - before is >= 2 and <= Limit, "a line has its CRLF and is within the limit");
                    Seen.Add(CommandRules.Describe(command));
                    continue;
                }
                Check.Equal(before, reader.Consumed, "an incomplete or bad line consumes nothing");
                if (status == ReadStatus.NeedMoreData)
                    return reader.Consumed;
                Check.That(fault is SyntaxFault.LineTooLong or SyntaxFault.BareLineFeed or SyntaxFault.BareCarriageReturn or SyntaxFault.NulByte, $"{fault} is no fault of a line");
                Seen.Add(fault.ToString());
                _skipping = true;
            }
        }
    }
}
