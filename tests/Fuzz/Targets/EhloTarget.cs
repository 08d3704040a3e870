using System.Buffers;
using System.Text;
using Mail.Security.Smtp;

namespace Mail.Security.Fuzz.Targets;

/// <summary>The answer to EHLO: each line of the input is a line of it.</summary>
internal static class EhloTarget
{
    private const int ShortLine = 400;

    public static void Run(byte[] input)
    {
        var capabilities = Read(Frame(input));
        if (capabilities is null)
            return;
        CheckKeywords(capabilities);
        var lines = capabilities.Keywords.Select(keyword => capabilities.TryGet(keyword, out var parameters) && parameters.Length > 0 ? $"{keyword} {parameters}" : keyword).ToList();
        if (lines.Any(line => Encoding.UTF8.GetByteCount(line) > ShortLine) || Encoding.UTF8.GetByteCount(capabilities.Greeting) > ShortLine)
            return;
        var output = new ArrayBufferWriter<byte>();
        SmtpReplyWriter.WriteEhlo(output, capabilities.Greeting, lines);
        var again = Read(output.WrittenSpan.ToArray()) ?? throw new BrokenRuleException("an answer to EHLO that was written can be read");
        Check.Equal(capabilities.Greeting, again.Greeting, "the greeting");
        Check.Same(capabilities.Keywords, again.Keywords, "the keywords");
        Check.That(capabilities.Keywords.All(keyword => capabilities.TryGet(keyword, out var before) && again.TryGet(keyword, out var after) && before == after), "the parameters");
        Check.Equal(capabilities.MaxSize, again.MaxSize, "the size");
    }

    private static void CheckKeywords(EhloCapabilities capabilities)
    {
        Check.Equal(capabilities.Keywords.Count, capabilities.Keywords.Distinct(StringComparer.OrdinalIgnoreCase).Count(), "a keyword is there once");
        foreach (var keyword in capabilities.Keywords)
        {
            Check.That(keyword.Length > 0 && keyword.All(letter => char.IsAsciiLetterUpper(letter) || char.IsAsciiDigit(letter) || letter == '-'), "a keyword has letters, digits and hyphens");
            Check.That(capabilities.Has(keyword) && capabilities.Has(keyword.ToLowerInvariant()), "a keyword is found in any case");
        }
        Check.That(capabilities.MaxSize is null or > 0, "a size is positive");
        Check.That(capabilities.MaxSize is null || capabilities.Has("SIZE"), "a size comes from SIZE");
        Check.Equal(capabilities.AuthMechanisms.Count, capabilities.AuthMechanisms.Distinct(StringComparer.Ordinal).Count(), "a mechanism is there once");
        Check.That(capabilities.AuthMechanisms.Count == 0 || capabilities.Has("AUTH"), "mechanisms come from AUTH");
        Check.Equal(capabilities.Has("STARTTLS"), capabilities.StartTls, "STARTTLS");
    }

    private static byte[] Frame(byte[] input)
    {
        var output = new MemoryStream();
        foreach (var line in input.AsSpan().Split((byte)'\n'))
        {
            output.Write("250-"u8);
            output.Write(input.AsSpan(line).TrimEnd((byte)'\r'));
            output.Write("\r\n"u8);
        }
        output.Write("250 end\r\n"u8);
        return output.ToArray();
    }

    private static EhloCapabilities? Read(byte[] wire)
    {
        var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(wire));
        return SmtpReplyReader.TryRead(ref reader, new byte[wire.Length + 1], out var view, out _) == ReadStatus.Complete ? EhloCapabilities.FromReply(view.ToReply()) : null;
    }
}
