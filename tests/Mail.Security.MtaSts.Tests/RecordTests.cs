using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Mail.Security.MtaSts.Tests;

public sealed class RecordTests
{
    private const string ThirtyTwo = "abcdefghijklmnopqrstuvwxyz012345";

    [Theory]
    [Trait("rfc", "8461#3.1")]
    [InlineData("v=STSv1; id=20160831085700Z;", "20160831085700Z")]
    [InlineData("v=STSv1; id=a", "a")]
    [InlineData("v=STSv1;id=a;", "a")]
    [InlineData("v=STSv1\t ;\t id=a \t;\t ", "a")]
    [InlineData("v=STSv1; id=" + ThirtyTwo, ThirtyTwo)]
    [InlineData("v=STSv1; more=x; id=a; e.x-t_2=!:<>~", "a")]
    [InlineData("v=STSv1; id=a; id=b", "a")]
    [InlineData("v=STSv1; id=a; id=b-c", "a")]
    [InlineData("v=STSv1; " + ThirtyTwo + "=x; id=a", "a")]
    public void Parse_WellFormed_GivesTheId(string text, string id) =>
        Assert.Equal(new MtaStsRecordResult.Found(new MtaStsRecord(id)), MtaStsRecord.Parse(text));

    [Theory]
    [Trait("rfc", "8461#3.1")]
    [InlineData("")]
    [InlineData("v=STSv1")]
    [InlineData("v=STSv0; id=a")]
    [InlineData("v=STSv10; id=a")]
    [InlineData("v=STSv2; id=a")]
    [InlineData("v=stsv1; id=a")]
    [InlineData("V=STSv1; id=a")]
    [InlineData(" v=STSv1; id=a")]
    [InlineData("id=a; v=STSv1")]
    [InlineData("v=spf1 -all")]
    public void Parse_NotOfThisVersion_IsAbsent(string text) => Assert.IsType<MtaStsRecordResult.Absent>(MtaStsRecord.Parse(text));

    [Theory]
    [Trait("rfc", "8461#3.1")]
    [InlineData("v=STSv1;")]
    [InlineData("v=STSv1; ")]
    [InlineData("v=STSv1; other=x")]
    [InlineData("v=STSv1; id")]
    [InlineData("v=STSv1; id=")]
    [InlineData("v=STSv1; id=" + ThirtyTwo + "6")]
    [InlineData("v=STSv1; id=test-123")]
    [InlineData("v=STSv1; ID=a")]
    [InlineData("v=STSv1; id=ä")]
    [InlineData("v=STSv1; id = a")]
    [InlineData("v=STSv1; id=a ")]
    [InlineData("v=STSv1; id=a b")]
    [InlineData("v=STSv1; id=a;;")]
    [InlineData("v=STSv1;; id=a")]
    [InlineData("v=STSv1; id=a; x=")]
    [InlineData("v=STSv1; id=a; =x")]
    [InlineData("v=STSv1; id=a; x==")]
    [InlineData("v=STSv1; id=a; 1%=x")]
    [InlineData("v=STSv1; id=a; _x=y")]
    [InlineData("v=STSv1; id=a; " + ThirtyTwo + "6=y")]
    [InlineData("v=STSv1; id=a; x=\u0001")]
    [InlineData("v=STSv1; id=a-; id=b")]
    public void Parse_BrokenGrammar_IsInvalid(string text) => Assert.IsType<MtaStsRecordResult.Invalid>(MtaStsRecord.Parse(text));

    [Theory]
    [Trait("rfc", "8461#3.1")]
    [InlineData("v=spf1 -all|v=STSv1; id=a|google-site", nameof(MtaStsRecordResult.Found))]
    [InlineData("v=STSv1; id=a|v=STSv10; id=b", nameof(MtaStsRecordResult.Found))]
    [InlineData("v=STSv1; id=a|v=STSv1; id=a", nameof(MtaStsRecordResult.Several))]
    [InlineData("v=STSv1; id=a|v=STSv1; broken", nameof(MtaStsRecordResult.Several))]
    [InlineData("v=STSv1; broken|x", nameof(MtaStsRecordResult.Invalid))]
    [InlineData("x|y", nameof(MtaStsRecordResult.Absent))]
    [InlineData(null, nameof(MtaStsRecordResult.Absent))]
    public void Select_ManyRecords_OnlyOneCounts(string? texts, string result) =>
        Assert.Equal(result, MtaStsRecord.Select(texts?.Split('|') ?? []).GetType().Name);

    [Property(MaxTest = 300)]
    public Property Parse_OfToString_IsIdentity() =>
        Prop.ForAll(Gen.Elements(ThirtyTwo.ToUpperInvariant().ToCharArray().Concat(ThirtyTwo)).NonEmptyListOf().ToArbitrary(), letters =>
        {
            var record = new MtaStsRecord(string.Concat(letters.Take(32)));
            return MtaStsRecord.Parse(record.ToString()).Equals(new MtaStsRecordResult.Found(record));
        });

    [Property(MaxTest = 500)]
    public void Parse_AnyTextBehindTheVersion_NeverThrowsAndGivesOnlyGoodIds(NonNull<string> text)
    {
        if (MtaStsRecord.Parse("v=STSv1;id=" + text.Get) is MtaStsRecordResult.Found(var record))
            Assert.Matches("^[A-Za-z0-9]{1,32}$", record.Id);
    }
}
