using System.IO.Compression;
using System.Xml.Linq;

namespace Packaging.Tests;

/// <summary>What a user gets: packages that restore in an empty folder, explain themselves and run.</summary>
public sealed class PackageTests(PackedSuite suite) : IClassFixture<PackedSuite>
{
    [Fact]
    public void Pack_EveryPackage_CarriesReadmeDocumentationLicenceAndSymbols()
    {
        foreach (var name in PackedSuite.Names)
        {
            using var package = ZipFile.OpenRead(Path.Combine(suite.Feed, $"{name}.{suite.Version}.nupkg"));
            var entries = package.Entries.Select(entry => entry.FullName).ToList();
            Assert.Contains("README.md", entries);
            Assert.Contains($"lib/net10.0/{name}.dll", entries);
            Assert.Contains($"lib/net10.0/{name}.xml", entries);
            using var nuspec = package.GetEntry($"{name}.nuspec")!.Open();
            var metadata = XDocument.Load(nuspec).Root!.Elements().First().Elements().ToDictionary(element => element.Name.LocalName, element => element.Value);
            Assert.Equal("MIT", metadata["license"]);
            Assert.NotEqual("Package Description", metadata["description"]);

            using var symbols = ZipFile.OpenRead(Path.Combine(suite.Feed, $"{name}.{suite.Version}.snupkg"));
            Assert.Contains($"lib/net10.0/{name}.pdb", symbols.Entries.Select(entry => entry.FullName));
        }
    }

    [Fact]
    public async Task Restore_InAnEmptyFolder_BuildsAndRunsOnTheSuite()
    {
        var folder = Directory.CreateDirectory(Path.Combine(suite.Folder, "user")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "user.csproj"), Project(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), """
            using Mail.Security;

            Console.WriteLine(MailPath.Parse("user@bücher.example").Domain.Ascii);
            """, TestContext.Current.CancellationToken);
        // Packages of this suite come from the feed just packed, into a cache of their own; all others from where the machine has them.
        var (code, output) = await PackedSuite.DotnetAsync(folder, "run");
        Assert.True(code == 0, output);
        Assert.Contains("xn--bcher-kva.example", output, StringComparison.Ordinal);
    }

    private string Project() => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <NuGetAudit>false</NuGetAudit>
            <RestoreAdditionalProjectSources>{suite.Feed}</RestoreAdditionalProjectSources>
            <RestorePackagesPath>{Path.Combine(suite.Folder, "cache")}</RestorePackagesPath>
          </PropertyGroup>
          <ItemGroup>
        {string.Concat(PackedSuite.Names.Select(name => $"    <PackageReference Include=\"{name}\" Version=\"{suite.Version}\" />\n"))}  </ItemGroup>
        </Project>
        """;
}
