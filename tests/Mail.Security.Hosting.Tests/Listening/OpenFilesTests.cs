namespace Mail.Security.Hosting.Tests.Listening;

public sealed class OpenFilesTests
{
    private const string Head = "Limit                     Soft Limit           Hard Limit           Units     \nMax processes             4096                 4096                 processes \n";

    [Theory]
    [InlineData("Max open files            1024                 4096                 files     \n", 384)]
    [InlineData("Max open files            524288               524288               files     \n", 262016)]
    [InlineData("Max open files            100                  100                  files     \n", 1)]
    [InlineData("Max open files            9223372036854775807  9223372036854775807  files     \n", int.MaxValue)]
    [InlineData("Max open files            unlimited            unlimited            files     \n", null)]
    [InlineData("Max open files", null)]
    [InlineData("", null)]
    public void Fitting_Limits_LeaveFilesForEverythingElse(string line, int? connections) =>
        Assert.Equal(connections, OpenFiles.Fitting(Head + line));
}
