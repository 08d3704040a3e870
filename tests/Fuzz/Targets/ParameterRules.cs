using System.Text;
using Mail.Security.Smtp;

namespace Mail.Security.Fuzz.Targets;

/// <summary>What holds for the parameters whose values this suite reads.</summary>
internal static class ParameterRules
{
    public static void Verify(SmtpParameter parameter)
    {
        Check.That(!parameter.Keyword.IsEmpty && parameter.HasValue != parameter.Value.IsEmpty, "a keyword is not empty, and a value only when there is none");
        var value = parameter.Value;
        CheckXtext(value);
        if (parameter.Is("NOTIFY"u8) && DsnParameters.TryReadNotify(value, out var notify))
            Reread(new SmtpRecipient(MailPath.Parse("a@b.example")) { Notify = notify }, recipient => recipient.Notify == notify);
        if (parameter.Is("ORCPT"u8) && DsnParameters.TryReadOriginalRecipient(value, out var original))
        {
            Check.That(!original.Address.Any(char.IsControl) || original.Address.All(letter => letter == '\t' || !char.IsControl(letter)), "an original recipient has no control character");
            // Written out, each character may take three: what is then too long is refused by an exception, as documented.
            if (original.Address.Length * 9 + original.AddressType.Length < DsnParameters.MaxOriginalRecipient)
                Reread(new SmtpRecipient(MailPath.Parse("a@b.example")) { OriginalRecipient = original }, recipient => recipient.OriginalRecipient == original);
        }
        if (parameter.Is("ENVID"u8) && DsnParameters.TryReadEnvelopeId(value, out var id))
        {
            Check.That(id.All(letter => letter is '\t' or (>= ' ' and <= '~')), "an envelope id is printable");
            var again = Xtext.Encode(id);
            Check.That(again.Length > DsnParameters.MaxEnvelopeId || (DsnParameters.TryReadEnvelopeId(Encoding.ASCII.GetBytes(again), out var same) && same == id), "an envelope id is written as it was read");
        }
        if (parameter.Is("RET"u8) && DsnParameters.TryReadReturn(value, out var content))
            Check.That(content is DsnReturn.Full or DsnReturn.HeadersOnly, "RET says one of two things");
    }

    private static void CheckXtext(ReadOnlySpan<byte> value)
    {
        var decoded = new byte[value.Length];
        if (!Xtext.TryDecode(value, decoded, out var length) || !System.Text.Unicode.Utf8.IsValid(decoded.AsSpan(0, length)))
            return;
        var encoded = Encoding.ASCII.GetBytes(Xtext.Encode(Encoding.UTF8.GetString(decoded.AsSpan(0, length))));
        var again = new byte[encoded.Length];
        Check.That(Xtext.TryDecode(encoded, again, out var lengthAgain), "xtext that was written is xtext");
        Check.Same(decoded.AsSpan(0, length), again.AsSpan(0, lengthAgain), "xtext is written as it was read");
    }

    private static void Reread(SmtpRecipient recipient, Func<SmtpRecipient, bool> same)
    {
        var list = new SmtpParameterList();
        DsnParameters.AddToRcpt(recipient, list);
        Check.Equal(1, list.Count, "one parameter is written");
        var value = Encoding.UTF8.GetBytes(list[0][(list[0].IndexOf('=', StringComparison.Ordinal) + 1)..]);
        var again = new SmtpRecipient(recipient.Path);
        if (recipient.OriginalRecipient is null)
        {
            Check.That(DsnParameters.TryReadNotify(value, out var notify), "NOTIFY that was written can be read");
            again = again with { Notify = notify };
        }
        else
        {
            Check.That(DsnParameters.TryReadOriginalRecipient(value, out var original), "ORCPT that was written can be read");
            again = again with { OriginalRecipient = original };
        }
        Check.That(same(again), "a parameter is written as it was read");
    }
}
