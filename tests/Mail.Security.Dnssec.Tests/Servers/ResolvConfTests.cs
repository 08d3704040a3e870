namespace Mail.Security.Dnssec.Tests.Servers;

public sealed class ResolvConfTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("nameserver 127.0.0.1\n", "127.0.0.1:53")]
    [InlineData("nameserver\t::1\r\nnameserver   192.0.2.1   # comment\n", "[::1]:53 192.0.2.1:53")]
    [InlineData("# nameserver 192.0.2.1\n;nameserver 192.0.2.2\nnameserver 192.0.2.3", "192.0.2.3:53")]
    [InlineData(" nameserver 192.0.2.1\n", "")]                                // the keyword begins the line
    [InlineData("nameservers 192.0.2.1\nNAMESERVER 192.0.2.1\n", "")]
    [InlineData("nameserver\nnameserver localhost\nnameserver 300.0.0.1\n", "")]
    [InlineData("nameserver [::1]:5353\nnameserver [::1]\nnameserver 127.0.0.1:5353\nnameserver 192.0.2.1#53\n", "")]     // no such form: never another port than the one written
    [InlineData("nameserver fe80::1%1\n", "[fe80::1%1]:53")]
    [InlineData("nameserver ::ffff:127.0.0.1\n", "[::ffff:127.0.0.1]:53")]
    [InlineData("nameserver 192.0.2.1\nnameserver 192.0.2.2\nnameserver 192.0.2.3\nnameserver 192.0.2.4\n", "192.0.2.1:53 192.0.2.2:53 192.0.2.3:53")]
    public void Parse_NameserverLines_AtMostThreeInOrder(string text, string servers) =>
        Assert.Equal(servers, string.Join(' ', ResolvConf.Parse(text).Servers));

    [Theory]
    [InlineData("options trust-ad\n", true)]
    [InlineData("options edns0 trust-ad ndots:0\n", true)]
    [InlineData("options edns0\noptions trust-ad\n", true)]
    [InlineData("options edns0\n", false)]
    [InlineData("#options trust-ad\n", false)]
    [InlineData("option trust-ad\n", false)]
    [InlineData("options no-trust-ad\n", false)]
    [InlineData("options trust-ad:0\n", false)]
    [InlineData("options edns0 # trust-ad\n", false)]               // doubt: not believed
    [InlineData("options edns0 ;trust-ad\n", false)]
    [InlineData("options # trust-ad\noptions trust-ad # sure\n", true)]
    [InlineData("search trust-ad\n", false)]
    [InlineData("nameserver trust-ad\n", false)]
    public void Parse_TrustAd_OnlyAsAnOption(string text, bool trusts) =>
        Assert.Equal(trusts ? ResolvConfTrust.TrustAd : ResolvConfTrust.Unsaid, ResolvConf.Parse(text).Trust);

    [Theory]
    [InlineData("options timeout:3 attempts:4\n", 3, 4)]
    [InlineData("options timeout:0 attempts:0\n", 1, 1)]
    [InlineData("options timeout:9999 attempts:9999\n", 30, 5)]
    [InlineData("options timeout: attempts:x\n", null, null)]
    [InlineData("options timeout:-1 attempts:+1\n", null, null)]
    [InlineData("options timeout:99999999999\n", null, null)]
    [InlineData("", null, null)]
    public void Parse_Times_AreClamped(string text, int? seconds, int? attempts)
    {
        var conf = ResolvConf.Parse(text);
        Assert.Equal((seconds is null ? (TimeSpan?)null : TimeSpan.FromSeconds(seconds.Value), attempts), (conf.Timeout, conf.Attempts));
    }
}
