using HiEndMae.Runs.Directories;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Runs.Tests;

/// <summary>The differences between two resolved configs, and whether they can change results.</summary>
public sealed class ConfigChangeTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Equal_configs_have_no_differences()
    {
        string toml = Assert.Single(folder.Load()).ResolvedToml;
        Assert.Empty(ConfigChange.Between(toml, toml, folder.Catalog.Components));
    }

    [Fact]
    public void Changed_keys_are_listed_in_order_with_old_and_new_values()
    {
        LoadedExperiment old = Assert.Single(folder.Load()), now = Assert.Single(folder.Load("", "pretrain.steps=8", "pretrain.log_every=2", "encoder.depth=11"));
        Assert.Equal(
            [new ConfigChange("encoder.depth", "10", "11", true), new ConfigChange("pretrain.log_every", "1", "2", false), new ConfigChange("pretrain.steps", "4", "8", true)],
            ConfigChange.Between(old.ResolvedToml, now.ResolvedToml, folder.Catalog.Components));
    }

    [Fact]
    public void A_key_that_one_config_lacks_is_shown_as_none()
    {
        LoadedExperiment old = Assert.Single(folder.Load()), now = Assert.Single(folder.Load("", "time_budget=\"8h\""));
        ConfigChange change = Assert.Single(ConfigChange.Between(old.ResolvedToml, now.ResolvedToml, folder.Catalog.Components));
        Assert.Equal(("time_budget", "(none)", false), (change.Key, change.Old, change.CanChangeResults));
        Assert.Equal($"time_budget: (none) -> {change.New}", change.ToString());
    }

    [Fact]
    public void Keys_of_a_plugin_that_is_not_installed_can_change_results()
    {
        LoadedExperiment old = Assert.Single(folder.Load()), now = Assert.Single(folder.Load("", "pretrain.log_every=2"));
        Assert.True(Assert.Single(ConfigChange.Between(old.ResolvedToml, now.ResolvedToml, [])).CanChangeResults);
    }
}
