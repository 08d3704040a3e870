using System.Text;
using FsCheck.Xunit;

namespace Mail.Security.Tests;

public sealed class EnhancedStatusTests
{
    [Theory]
    [InlineData("2.0.0", 2, 0, 0)]
    [InlineData("4.7.5", 4, 7, 5)]
    [InlineData("5.7.30", 5, 7, 30)]
    [InlineData("5.999.999", 5, 999, 999)]
    [Trait("rfc", "3463#2")]
    public void TryParse_Codes_AreRead(string text, byte @class, ushort subject, ushort detail)
    {
        Assert.True(EnhancedStatus.TryParse(text, out var status));
        Assert.Equal(new EnhancedStatus(@class, subject, detail), status);
        Assert.Equal(text, status.ToString());
        Assert.Equal((@class == 2, @class == 4, @class == 5), (status.IsSuccess, status.IsTransient, status.IsPermanent));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5.7")]
    [InlineData("5.7.")]
    [InlineData("5..7")]
    [InlineData("3.7.1")]
    [InlineData("1.7.1")]
    [InlineData("55.7.1")]
    [InlineData("5.07.1")]          // no leading zeros
    [InlineData("5.7.01")]
    [InlineData("5.7.1000")]
    [InlineData("5.1000.1")]
    [InlineData("5.7.1 ")]
    [InlineData(" 5.7.1")]
    [InlineData("5.7.-1")]
    [InlineData("5.7.1.1")]
    [InlineData("5.7.１")]
    [Trait("rfc", "3463#2")]
    public void TryParse_NoCodes_AreRefused(string? text)
    {
        Assert.False(EnhancedStatus.TryParse(text, out var status));
        Assert.Equal(default, status);
    }

    [Property]
    public void TryParse_Bytes_AgreeWithText(byte @class, ushort subject, ushort detail)
    {
        var status = new EnhancedStatus((byte)(2 + @class % 4), (ushort)(subject % 1100), (ushort)(detail % 1100));
        var valid = status.Class != 3 && status.Subject < 1000 && status.Detail < 1000;
        Assert.Equal(valid, EnhancedStatus.TryParse(status.ToString(), out var fromText));
        Assert.Equal(valid, EnhancedStatus.TryParse(Encoding.ASCII.GetBytes(status.ToString()), out var fromBytes));
        Assert.Equal((valid ? status : default, fromText), (fromText, fromBytes));
    }
}
