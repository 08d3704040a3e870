using System.Text;
using FsCheck.Xunit;

namespace Mail.Security.Smtp.Tests.Dsn;

public sealed class DsnParametersTests
{
    private static readonly MailPath Ann = MailPath.Parse("ann@a.example");

    [Theory]
    [InlineData("NEVER", DsnNotify.Never)]
    [InlineData("success", DsnNotify.Success)]
    [InlineData("Failure,DELAY", DsnNotify.Failure | DsnNotify.Delay)]
    [InlineData("SUCCESS,FAILURE,DELAY", DsnNotify.Success | DsnNotify.Failure | DsnNotify.Delay)]
    [InlineData("DELAY,DELAY", DsnNotify.Delay)]
    [InlineData("", null)]
    [InlineData("NEVER,SUCCESS", null)]
    [InlineData("SUCCESS,NEVER", null)]
    [InlineData("NEVER,NEVER", null)]
    [InlineData("SUCCESS,", null)]
    [InlineData(",SUCCESS", null)]
    [InlineData("SUCCESS,,DELAY", null)]
    [InlineData("SUCCESSFUL", null)]
    [InlineData("+4EEVER", null)]
    [Trait("rfc", "3461#4.1")]
    public void TryReadNotify_Values_AsTheGrammarSays(string value, DsnNotify? expected) =>
        Assert.Equal((expected is not null, expected ?? DsnNotify.Unspecified), (DsnParameters.TryReadNotify(Wire.Bytes(value), out var notify), notify));

    [Theory]
    [InlineData("FULL", DsnReturn.Full)]
    [InlineData("hdrs", DsnReturn.HeadersOnly)]
    [InlineData("", DsnReturn.Unspecified)]
    [InlineData("BODY", DsnReturn.Unspecified)]
    [InlineData("FULL,HDRS", DsnReturn.Unspecified)]
    [Trait("rfc", "3461#4.3")]
    public void TryReadReturn_Values_AsTheGrammarSays(string value, DsnReturn expected) =>
        Assert.Equal((expected != DsnReturn.Unspecified, expected), (DsnParameters.TryReadReturn(Wire.Bytes(value), out var content), content));

    [Theory]
    [InlineData("QQ314159", "QQ314159")]
    [InlineData("a+2Bb+3Dc+20d", "a+b=c d")]
    [InlineData("a+2bb", "a+b")]                // lower case is borne
    [InlineData("+09", "\t")]
    [InlineData("", null)]
    [InlineData("a+0D+0Ab", null)]              // a line end
    [InlineData("a+00", null)]
    [InlineData("a+7F", null)]
    [InlineData("a+C3+A4", null)]
    [InlineData("a+", null)]
    [InlineData("a+2", null)]
    [InlineData("a+2G", null)]
    [InlineData("a=b", null)]
    [InlineData("a b", null)]
    [InlineData("\u00E4", null)]
    [Trait("rfc", "3461#4.4")]
    public void TryReadEnvelopeId_Xtext_IsDecodedToPrintableText(string value, string? expected) =>
        Assert.Equal((expected is not null, expected), (DsnParameters.TryReadEnvelopeId(Wire.Bytes(value), out var id), id));

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    [Trait("rfc", "3461#5.4")]
    public void TryReadEnvelopeId_Length_IsLimited(int length, bool expected) =>
        Assert.Equal(expected, DsnParameters.TryReadEnvelopeId(Wire.Bytes(new string('x', length)), out _));

    [Theory]
    [InlineData("rfc822;bob@b.example", "rfc822", "bob@b.example")]
    [InlineData("RFC822;bob+2Btag@b.example", "RFC822", "bob+tag@b.example")]
    [InlineData("x400;C=x", null, null)]
    [InlineData("x400;/C+3Dx/", "x400", "/C=x/")]
    [InlineData("rfc822;a;b", "rfc822", "a;b")]
    [InlineData("utf-8;b\u00C3\u00B6b@b.example", "utf-8", "b\u00F6b@b.example")]
    [InlineData("UTF-8;b\\x{F6}b\\x{20}\\x{1F600}@b.example", "UTF-8", "b\u00F6b \U0001F600@b.example")]
    [InlineData("utf-8;a\\x{0D}\\x{0A}b", null, null)]
    [InlineData("utf-8;a\\x{2028}b", null, null)]
    [InlineData("utf-8;a\\x{D800}b", null, null)]
    [InlineData("utf-8;a\\x{110000}b", null, null)]
    [InlineData("utf-8;a\\x{0000041}b", null, null)]
    [InlineData("utf-8;a\\x{}b", null, null)]
    [InlineData("utf-8;a\\x41b", null, null)]
    [InlineData("utf-8;a\\", null, null)]
    [InlineData("utf-8;a+41", null, null)]
    [InlineData("utf-8;\u00E4", null, null)]       // no UTF-8
    [InlineData("rfc822;\u00C3\u00A4", null, null)]
    [InlineData("rfc822;b+C3+B6b@b.example", "utf-8", "b\u00F6b@b.example")]       // so does Postfix
    [InlineData("RFC822;b+C3+B6b+2B+5C@b.example", "utf-8", "b\u00F6b+\\@b.example")]
    [InlineData("x400;b+C3+B6b", null, null)]
    [InlineData("rfc822;b+C3b", null, null)]
    [InlineData("rfc822;b+C3+B6+0Ab", null, null)]
    [InlineData("rfc822;b+C2+85b", null, null)]
    [InlineData("rfc822;b+E2+80+A8b", null, null)]
    [InlineData("rfc822;a+0Ab", null, null)]
    [InlineData("rfc822;", null, null)]
    [InlineData(";bob", null, null)]
    [InlineData("rfc822", null, null)]
    [InlineData("rfc 822;bob", null, null)]
    [InlineData("rfc(822;bob", null, null)]
    [InlineData("", null, null)]
    [Trait("rfc", "3461#4.2")]
    [Trait("rfc", "6533#3")]
    public void TryReadOriginalRecipient_TypeAndAddress_AreDecoded(string value, string? type, string? address)
    {
        Assert.Equal(type is not null, DsnParameters.TryReadOriginalRecipient(Wire.Bytes(value), out var recipient));
        Assert.Equal(type is null ? null : new OriginalRecipient(type, address!), recipient);
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(501, false)]
    [Trait("rfc", "3461#5.4")]
    public void TryReadOriginalRecipient_Length_IsLimited(int length, bool expected) =>
        Assert.Equal(expected, DsnParameters.TryReadOriginalRecipient(Wire.Bytes("rfc822;".PadRight(length, 'x')), out _));

    [Theory]
    [InlineData(DsnReturn.Unspecified, null, "")]
    [InlineData(DsnReturn.Full, "a+b", "RET=FULL ENVID=a+2Bb")]
    [InlineData(DsnReturn.HeadersOnly, null, "RET=HDRS")]
    public void AddToMail_Envelope_SaysWhatItAsksFor(DsnReturn content, string? id, string expected)
    {
        var parameters = new SmtpParameterList();
        DsnParameters.AddToMail(new SmtpEnvelope { ReversePath = Ann, Recipients = [], Return = content, EnvelopeId = id }, parameters);
        Assert.Equal(expected, string.Join(' ', parameters));
    }

    [Theory]
    [InlineData(DsnNotify.Unspecified, null, null, "")]
    [InlineData(DsnNotify.Never, "rfc822", "a b@c", "NOTIFY=NEVER ORCPT=rfc822;a+20b@c")]
    [InlineData(DsnNotify.Success | DsnNotify.Failure | DsnNotify.Delay, "utf-8", "\u00E4\\", "NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=utf-8;\\x{E4}\\x{5C}")]
    public void AddToRcpt_Recipient_SaysWhatTheSenderAskedFor(DsnNotify notify, string? type, string? address, string expected)
    {
        var parameters = new SmtpParameterList();
        DsnParameters.AddToRcpt(new SmtpRecipient(Ann) { Notify = notify, OriginalRecipient = type is null ? null : new(type, address!) }, parameters);
        Assert.Equal(expected, string.Join(' ', parameters));
    }

    [Theory]
    [InlineData("a\r\nb")]
    [InlineData("\u00E4")]
    [InlineData("")]
    public void Add_WhatCannotBeSpelt_IsMisuse(string text)
    {
        Assert.Throws<ArgumentException>(() => DsnParameters.AddToMail(new SmtpEnvelope { ReversePath = Ann, Recipients = [], EnvelopeId = text }, []));
        Assert.Throws<ArgumentException>(() => DsnParameters.AddToRcpt(new SmtpRecipient(Ann) { OriginalRecipient = new("rfc822", text) }, []));
    }

    [Property]
    public void Read_WhatWasWritten_IsTheSame(string text, bool utf8)
    {
        var address = new string([.. (text ?? "").Where(letter => utf8 ? !char.IsControl(letter) && !char.IsSurrogate(letter) && letter is not ('\u2028' or '\u2029') : letter is >= ' ' and <= '~')]);
        address = address.Length > 20 ? address[..20] : address.Length == 0 ? "x" : address;
        var original = new OriginalRecipient(utf8 ? "utf-8" : "rfc822", address);
        var parameters = new SmtpParameterList();
        DsnParameters.AddToRcpt(new SmtpRecipient(Ann) { OriginalRecipient = original }, parameters);
        Assert.True(DsnParameters.TryReadOriginalRecipient(Encoding.UTF8.GetBytes(parameters[0]["ORCPT=".Length..]), out var read));
        Assert.Equal(original, read);
    }

    [Property(Arbitrary = [typeof(WireArbitraries)])]
    public void Read_AnyBytes_GivesTextWithoutLineEnds(HostileBytes hostile)
    {
        if (DsnParameters.TryReadEnvelopeId(hostile.Bytes, out var id))
            Assert.DoesNotContain(id, letter => letter is '\r' or '\n' or '\0');
        if (DsnParameters.TryReadOriginalRecipient([.. "utf-8;"u8, .. hostile.Bytes], out var recipient))
            Assert.DoesNotContain(recipient.Address, letter => letter is '\r' or '\n' or '\0');
    }
}
