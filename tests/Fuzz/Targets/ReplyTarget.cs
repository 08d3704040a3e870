using System.Buffers;
using System.Text;
using Mail.Security.Smtp;

namespace Mail.Security.Fuzz.Targets;

/// <summary>What a server answers: the same replies however they are cut; what is kept of one can be shown, and is written as it was read.</summary>
internal static class ReplyTarget
{
    private const int Limit = 1024;
    private static readonly byte[] Scratch = new byte[Limit];
    private const int ShortLine = 490;      // a longer one is written on two lines

    public static void Run(byte[] input)
    {
        List<string>? whole = null;
        foreach (var cuts in Wire.Segmentations(input))
        {
            var seen = ReadInPieces(input, cuts);
            whole ??= seen;
            Check.Same(whole, seen, "how the input is cut changes nothing");
            var reader = new SequenceReader<byte>(Wire.Split(input, cuts));
            seen = [];
            Read(ref reader, seen);
            Check.Same(whole, seen, "one sequence of many segments reads as the bytes do");
        }
    }

    private static List<string> ReadInPieces(byte[] input, int[] cuts)
    {
        var (seen, kept) = (new List<string>(), Array.Empty<byte>());
        foreach (var piece in Wire.Pieces(input, cuts))
        {
            byte[] buffer = [.. kept, .. piece.Span];
            var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(buffer));
            if (!Read(ref reader, seen))
                return seen;
            kept = buffer[(int)reader.Consumed..];
            Check.That(kept.Length < Limit, "no more than a reply is kept");
        }
        return seen;
    }

    // False when the connection is to be closed.
    private static bool Read(ref SequenceReader<byte> reader, List<string> seen)
    {
        while (true)
        {
            var before = reader.Consumed;
            var status = SmtpReplyReader.TryRead(ref reader, Scratch, out var view, out var fault);
            if (status != ReadStatus.Complete)
                Check.Equal(before, reader.Consumed, "an incomplete or bad reply consumes nothing");
            if (status == ReadStatus.NeedMoreData)
                return true;
            if (status == ReadStatus.Invalid)
            {
                Check.That(fault != SyntaxFault.None, "a refusal has a fault");
                seen.Add(fault.ToString());
                return false;
            }
            seen.Add($"{view.LineCount} {ReplyRules.Verify(view)}");
        }
    }

    /// <summary>What holds for every reply.</summary>
    internal static class ReplyRules
    {
        public static SmtpReply Verify(SmtpReplyView view)
        {
            var reply = view.ToReply();
            Check.That(reply.Code is >= 200 and <= 599, "a code is from 200 to 599");
            Check.Equal(view.LineCount, reply.Lines.Count, "the number of lines");
            Check.Equal(view.Status, reply.Status, "the status");
            Check.That(reply.Status is null || reply.Status.Value.Class == reply.Code / 100, "a status has the class of the code");
            Check.That(reply.Lines.All(line => !line.Any(letter => char.IsControl(letter) && letter != '\t')), "no line has a control character");
            Check.That(!reply.ToString().AsSpan().ContainsAny("\r\n\0"), "a reply is shown in one line");
            if (reply.Lines.All(line => Encoding.UTF8.GetByteCount(line) <= ShortLine))
                Check.Equal(reply, Rewrite(reply), "a reply is written as it was read");
            return reply;
        }

        private static SmtpReply Rewrite(SmtpReply reply)
        {
            var output = new ArrayBufferWriter<byte>();
            SmtpReplyWriter.WriteLines(output, reply.Code, null, reply.Lines);
            var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(output.WrittenMemory));
            var status = SmtpReplyReader.TryRead(ref reader, new byte[output.WrittenCount + 1], out var view, out var fault);
            Check.That(status == ReadStatus.Complete && reader.End, $"what is written is one reply ({fault})");
            return view.ToReply();
        }
    }
}
