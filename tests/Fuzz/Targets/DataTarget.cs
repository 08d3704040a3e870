using System.Buffers;
using Mail.Security.Smtp;

namespace Mail.Security.Fuzz.Targets;

/// <summary>The DATA decoder against a machine that reads one byte at a time; the encoder against both.</summary>
internal static class DataTarget
{
    private static readonly long[] Limits = [1, 7, 100];

    public static void Run(byte[] input)
    {
        var reference = ReferenceContent.Read(input);
        foreach (var cuts in Wire.Segmentations(input))
        {
            Compare(reference, input, cuts, new DataDecoder(), long.MaxValue);
            foreach (var limit in Limits)
                Compare(reference, input, cuts, new DataDecoder(limit), limit);
            CompareCheck(input, cuts);
            Encode(input, cuts);
        }
    }

    private static void Compare(ReferenceContent reference, byte[] input, int[] cuts, DataDecoder decoder, long limit)
    {
        var content = new List<byte>();
        var consumed = 0L;
        foreach (var piece in Wire.Pieces(input, cuts))
        {
            var rest = new ReadOnlySequence<byte>(piece);
            while (decoder.TryRead(ref rest, out var slice))
            {
                Check.That(!slice.IsEmpty, "no slice is empty");
                content.AddRange(slice.ToArray());
            }
            Check.That(decoder.IsComplete || rest.IsEmpty, "all is used up before the end");
            consumed += piece.Length - rest.Length;
        }
        AssertEqual(reference, decoder, content, limit);
        Check.Equal(reference.Consumed, consumed, "where the content ends");

        var whole = Wire.Split(input, cuts);
        var again = limit == long.MaxValue ? new DataDecoder() : new DataDecoder(limit);
        content.Clear();
        while (again.TryRead(ref whole, out var slice))
            content.AddRange(slice.ToArray());
        AssertEqual(reference, again, content, limit);
        Check.Equal(input.Length - reference.Consumed, whole.Length, "what is left behind the content");
    }

    private static void AssertEqual(ReferenceContent reference, DataDecoder decoder, List<byte> content, long limit)
    {
        var expected = reference.Content;
        Check.Equal(reference.IsComplete, decoder.IsComplete, "whether the content has ended");
        Check.Equal(expected.Length, decoder.ContentLength, "the length of the content");
        Check.Same(expected.AsSpan(0, (int)Math.Min(limit, expected.Length)), content.ToArray(), "the content");
        if (reference.IsComplete)
            Check.Equal(reference.Fault != SyntaxFault.None ? reference.Fault : expected.Length > limit ? SyntaxFault.ContentTooLarge : SyntaxFault.None, decoder.Fault, "the fault");
    }

    private static void CompareCheck(byte[] input, int[] cuts)
    {
        var check = new ContentCheck();
        foreach (var piece in Wire.Pieces(input, cuts))
            check.Write(piece.Span);
        Check.Equal(ReferenceContent.FaultOf(input, ended: false), check.Fault, "the fault of unframed content");
        Check.Equal(ReferenceContent.FaultOf(input, ended: true), check.GetFault(), "the fault at its end");
        Check.Equal(input.Length == 0 || input.AsSpan().EndsWith("\r\n"u8), check.EndsWithLineEnd, "whether it ends with a line end");
    }

    private static void Encode(byte[] input, int[] cuts)
    {
        var encoder = new DataEncoder();
        var output = new ArrayBufferWriter<byte>();
        foreach (var piece in Wire.Pieces(input, cuts))
            encoder.Write(piece.Span, output);
        var fault = encoder.Complete(output);
        Check.Equal(ReferenceContent.FaultOf(input, ended: true) == SyntaxFault.None, fault == SyntaxFault.None, "whether content can be sent");
        Check.Equal(SyntaxFault.None, ReferenceContent.FaultOf(output.WrittenSpan, ended: true), "nothing bare is sent");
        var sent = ReferenceContent.Read(output.WrittenSpan);
        Check.Equal(fault == SyntaxFault.None, sent.IsComplete, "what cannot be sent has no end");
        if (fault != SyntaxFault.None)
            return;
        Check.Equal(output.WrittenCount, sent.Consumed, "the end is the last that is sent");
        byte[] expected = input.Length == 0 || input.AsSpan().EndsWith("\r\n"u8) ? input : [.. input, .. "\r\n"u8];
        Check.Same(expected, sent.Content, "what is sent arrives");
    }
}
