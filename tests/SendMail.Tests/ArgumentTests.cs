using Mail.Security;
using Mail.Security.Smtp;
using SendMail.Arguments;
using SendMail.Running;

namespace SendMail.Tests;

/// <summary>The command line of sendmail.</summary>
public sealed class ArgumentTests
{
    [Theory]
    [InlineData("bob@far.test", "bob@far.test")]
    [InlineData("-i bob eve", "bob|eve")]
    [InlineData("bob -i eve", "bob|eve")]
    [InlineData("-- -t --flush", "-t|--flush")]
    [InlineData("-f ann bob", "bob")]
    [InlineData("-fann bob", "bob")]
    [InlineData("-oi -oem -odb -bm -B 8BITMIME -e m -h3 -Llabel -m -n -U -G -x -O Key=1 -pESMTP -X log -Am -d9 bob", "bob")]
    public void Read_Recipients_AreWhatIsNoOption(string line, string recipients) => Assert.Equal(recipients.Split('|'), Read(line).Recipients);

    [Theory]
    [InlineData("-ti")]
    [InlineData("-it")]
    [InlineData("-t -i")]
    [InlineData("-oi -t")]
    public void Read_Letters_MayBeJoined(string line)
    {
        var read = Read(line);
        Assert.Equal((true, DotRule.IsContent), (read.ReadsRecipients, read.Dots));
    }

    [Theory]
    [InlineData("-f ann@a.test", "ann@a.test")]
    [InlineData("-tfann@a.test", "ann@a.test")]
    [InlineData("-r ann@a.test", "ann@a.test")]
    [InlineData("-f <>", "")]
    [InlineData("-t", null)]
    public void Read_Sender_IsThatOfTheLetter(string line, string? sender) => Assert.Equal(sender, Read(line).Sender);

    [Fact]
    public void Read_EmptySender_IsTheNullPath() => Assert.Equal("", new ArgumentReader(["-f", "", "bob"]).Read().Sender);

    [Fact]
    public void Read_Notifications_AreReadWhole()
    {
        var read = Read("-N success,failure -R hdrs -V id-1 bob");
        Assert.Equal((DsnNotify.Success | DsnNotify.Failure, DsnReturn.HeadersOnly, "id-1"), (read.Notify, read.Return, read.EnvelopeId));
    }

    [Theory]
    [InlineData("--flush", "Flush")]
    [InlineData("-q", "Flush")]
    [InlineData("-odq bob", "QueueOnly")]
    [InlineData("--help", "Help")]
    [InlineData("bob", "Send")]
    public void Read_Mode_IsWhatTheOptionSays(string line, string mode) => Assert.Equal(mode, Read(line).Mode.ToString());

    [Fact]
    public void Read_LongOptions_TakeTheirValueEitherWay()
    {
        var read = Read("--queue /q --max-size=100 --config c.json --require-tls --explain bob");
        Assert.Equal(("/q", "100", "c.json", TlsDemand.RequireTls, true), (read.Settings["Queue"], read.Settings["MaxSize"], read.ConfigurationFile, read.TlsDemand, read.Explains));
    }

    [Theory]
    [InlineData("-z bob")]
    [InlineData("-tz")]
    [InlineData("--bogus")]
    [InlineData("--flush=1")]
    [InlineData("-f")]
    [InlineData("--queue")]
    [InlineData("-bs")]
    [InlineData("-bp")]
    [InlineData("-bd")]
    [InlineData("-q30m")]
    [InlineData("-oz")]
    [InlineData("-N sometimes bob")]
    [InlineData("-N never,success bob")]
    [InlineData("-R some bob")]
    [InlineData("-B 9BIT bob")]
    [InlineData("--require-tls --tls-required-no bob")]
    public void Read_WhatIsNotServed_IsUsage(string line) => Assert.Equal(ExitCode.Usage, Assert.Throws<CommandException>(() => Read(line)).ExitCode);

    private static SendArguments Read(string line) => new ArgumentReader(line.Split(' ')).Read();
}
