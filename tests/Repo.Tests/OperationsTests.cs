using System.Text.RegularExpressions;

namespace Repo.Tests;

/// <summary>docs/operations.md explains every failure label there is, and none that is not.</summary>
public sealed partial class OperationsTests
{
    [Fact]
    public void FailureLabels_OfDelivery_AreExplainedToOperators()
    {
        var made = Repository.CodeFiles(Path.Combine("src", "Mail.Security.Delivery")).SelectMany(file => Label().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["label"].Value).Distinct();
        var rows = from line in File.ReadLines(Path.Combine(Repository.Root, "docs", "operations.md")).SkipWhile(line => line != "| label | status | meaning | what to do |").Skip(2)
                       .TakeWhile(line => line.StartsWith('|'))
                   from Match name in Code().Matches(line.Split('|')[1])
                   select name.Groups["name"].Value;

        Assert.Equal(made.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"(?:\b(?:Transient|Permanent|NoTls|Said|new DeliveryFailure)\(|\bLabel = )""(?<label>[a-z0-9-]+)""")]
    private static partial Regex Label();

    [GeneratedRegex("`(?<name>[^`]+)`")]
    private static partial Regex Code();
}
