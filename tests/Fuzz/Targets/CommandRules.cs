using System.Buffers;
using System.Text;
using Mail.Security.Smtp;

namespace Mail.Security.Fuzz.Targets;

/// <summary>What holds for every command that was read, whatever was sent.</summary>
internal static class CommandRules
{
    /// <summary>Checks a command and puts it into words.</summary>
    public static string Describe(SmtpCommand command)
    {
        Check.That(command.Keyword.IndexOfAny("\r\n\0 "u8) < 0, "a keyword has no line end, NUL or space");
        Check.That(command.Argument.IndexOfAny("\r\n\0"u8) < 0, "an argument has no line end or NUL");
        Check.That(command.Argument.IsEmpty || (command.Argument[0] != ' ' && command.Argument[^1] is not ((byte)' ' or (byte)'\t')), "an argument has no white space at its ends");
        switch (command.Verb)
        {
            case SmtpVerb.Mail:
                CheckPath(command.Argument, SmtpVerb.Mail);
                break;
            case SmtpVerb.Rcpt:
                CheckPath(command.Argument, SmtpVerb.Rcpt);
                break;
            case SmtpVerb.Bdat:
                CheckChunk(command.Argument);
                break;
            default:
                break;
        }
        return $"{command.Verb} {Convert.ToHexString(command.Keyword)} {Convert.ToHexString(command.Argument)}";
    }

    private static void CheckChunk(ReadOnlySpan<byte> argument)
    {
        if (!ChunkHeader.TryRead(argument, out var header, out var fault))
        {
            Check.Equal(SyntaxFault.BadChunkSize, fault, "the fault of a chunk");
            return;
        }
        Check.That(header.Size >= 0, "a size is not negative");
        var output = new ArrayBufferWriter<byte>();
        SmtpCommandWriter.WriteBdat(output, header);
        Check.That(ChunkHeader.TryRead(Reread(output, SmtpVerb.Bdat), out var again, out _) && again == header, "a chunk is written as it was read");
    }

    private static void CheckPath(ReadOnlySpan<byte> argument, SmtpVerb verb)
    {
        if (!Read(argument, verb, out var text, out var parameters, out var fault))
        {
            Check.That(fault != SyntaxFault.None, "a refusal has a fault");
            return;
        }
        Check.Equal(SyntaxFault.None, fault, "what is read has no fault");
        var list = new SmtpParameterList();
        foreach (var parameter in parameters)
        {
            ParameterRules.Verify(parameter);
            // A parameter that is no UTF-8 cannot be kept in a string; it goes nowhere.
            if (System.Text.Unicode.Utf8.IsValid(parameter.Value))
                list.Add(parameter.HasValue ? $"{Encoding.UTF8.GetString(parameter.Keyword)}={Encoding.UTF8.GetString(parameter.Value)}" : Encoding.UTF8.GetString(parameter.Keyword));
        }
        if (!MailPath.TryParse(text, out var path, out _) || (path.IsNull && verb == SmtpVerb.Rcpt))
            return;
        var output = new ArrayBufferWriter<byte>();
        if (verb == SmtpVerb.Mail)
            SmtpCommandWriter.WriteMail(output, path, list);
        else
            SmtpCommandWriter.WriteRcpt(output, path, list);
        var again = Reread(output, verb);
        Check.That(Read(again, verb, out var textAgain, out var parametersAgain, out _), "what is written can be read");
        Check.That(MailPath.TryParse(textAgain, out var pathAgain, out _) && pathAgain == path, "a path is written as it was read");
        Check.Equal(list.Count, parametersAgain.Count, "every parameter is written");
        var index = 0;
        foreach (var parameter in parametersAgain)
            Check.That(list[index++] == Encoding.UTF8.GetString(parameter.Keyword) + (parameter.HasValue ? "=" + Encoding.UTF8.GetString(parameter.Value) : ""), "a parameter is written as it was read");
    }

    private static bool Read(ReadOnlySpan<byte> argument, SmtpVerb verb, out ReadOnlySpan<byte> path, out SmtpParameters parameters, out SyntaxFault fault) =>
        verb == SmtpVerb.Mail ? PathCommandReader.TryReadMail(argument, out path, out parameters, out fault) : PathCommandReader.TryReadRcpt(argument, out path, out parameters, out fault);

    private static byte[] Reread(ArrayBufferWriter<byte> output, SmtpVerb verb)
    {
        var scratch = new byte[8192];
        var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(output.WrittenMemory));
        var status = SmtpCommandReader.TryRead(ref reader, scratch, out var command, out _);
        Check.That(status == ReadStatus.Complete && reader.End, "what is written is one line");
        Check.Equal(verb, command.Verb, "the verb is written");
        return command.Argument.ToArray();
    }
}
