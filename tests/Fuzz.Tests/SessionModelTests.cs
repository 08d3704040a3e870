using System.Text;
using Mail.Security.Fuzz.Targets;

namespace Mail.Security.Fuzz.Tests;

/// <summary>The client of the session target notices what is wrong: a session is compared with another input than it was sent.</summary>
public sealed class SessionModelTests
{
    private const string Before = "EHLO c\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\n";
    private const string Good = Before + "DATA\r\nab\r\n.\r\nNOOP\r\nQUIT\r\n";

    [Fact]
    public void Verify_WhatWasSent_Holds() => Verify(Good, Good);

    [Theory]
    [InlineData("a command without an answer", Before + "DATA\r\nab\r\n.\r\nNOOP\r\nNOOP\r\nQUIT\r\n")]
    [InlineData("an answer without a command", Before + "DATA\r\nab\r\n.\r\nQUIT\r\n")]
    [InlineData("other content", Before + "DATA\r\nac\r\n.\r\nNOOP\r\nQUIT\r\n")]
    [InlineData("content that should have been refused", Before + "DATA\r\na\n\r\n.\r\nNOOP\r\nQUIT\r\n")]
    [InlineData("DATA without a recipient", "EHLO c\r\nMAIL FROM:<a@a.example>\r\nNOOP\r\nDATA\r\nab\r\n.\r\nNOOP\r\nQUIT\r\n")]
    [InlineData("RCPT without MAIL", "EHLO c\r\nNOOP\r\nRCPT TO:<b@b.example>\r\nDATA\r\nab\r\n.\r\nNOOP\r\nQUIT\r\n")]
    [InlineData("a bad line that is taken", Before + "DATA\r\nab\r\n.\r\nNO\nOP\r\nQUIT\r\n")]
    public void Verify_AnotherInput_IsNoticed(string what, string claimed)
    {
        Assert.NotEmpty(what);
        Assert.Throws<BrokenRuleException>(() => Verify(Good, claimed));
    }

    private static void Verify(string sent, string claimed) =>
        SessionModel.Verify(Encoding.Latin1.GetBytes(claimed), 0, SessionBench.Run(Encoding.Latin1.GetBytes(sent), []));
}
