using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests;

/// <summary><c>validate</c> refuses what a pretext task cannot use, before anything is computed.</summary>
public sealed class PretextValidateTests
{
    private const string Swin = "plugin = \"swin\"\nfeature_size = 6\nnum_heads = [1, 2, 3, 6]", Unet = "plugin = \"unet3d\"\nwidths = [4, 8]", MedNext = "plugin = \"mednext\"\nnum_channels = 4",
        Fpn = "plugin = \"vox2vec-fpn\"\nbase_channels = 2", Vit = "plugin = \"vit3d\"\nembed_dim = 48\nnum_heads = 2\npatch_size = 16";

    public static TheoryData<string, string, string, string, string> Wrong => new()
    {
        // An encoder that it cannot use.
        { "sup", "", Vit, "crop = 64", "HEM027" },
        { "sup", "", Unet, "crop = 64", "levels halve the size" },
        { "voco", "", Vit, "crop = [96, 96, 48]", "HEM027" },
        { "spark", "", Swin, "crop = 64", "visible cells only" },
        { "hyspark", "", Unet, "crop = 64", "visible cells only" },
        { "models-genesis", "", Swin, "crop = 64", "finest level has the size of the crop" },
        { "transvw", "", Unet + "\nup_path = false", "crop = 16", "transvw needs an encoder whose finest level" },
        { "vox2vec", "view_size = 16", Vit, "crop = 32", "HEM027" },
        // Views larger than the volume, or crops that views do not fit into.
        { "vox2vec", "view_size = [16, 16, 40]", Fpn, "crop = 32", "which is smaller" },
        { "voco", "", Swin, "crop = [98, 96, 48]", "multiples of 4" },
        { "voco", "crop_edge = 96", Swin, "crop = [96, 96, 48]", "not smaller than a crop" },
        { "models-genesis", "", Unet, "crop = 8", "do not fit into a crop" },
        { "transvw", "words = \"words.json\"", "plugin = \"unet3d\"\nwidths = [2, 2, 2, 2, 2]", "crop = 16", "a single voxel there" },
        // A batch too small for a contrastive loss or a norm.
        { "sup", "", Swin, "crop = 64\nvolumes = 1\ncrops_per_volume = 1", "a batch has one" },
        { "spark", "decoder_width = 32", MedNext, "crop = [32, 32, 16]\nvolumes = 1\ncrops_per_volume = 1", "a single one" },
        // Intensities whose unit is not known.
        { "vox2vec", "view_size = 16", Fpn, "crop = 32\nintensity.kind = \"zscore\"", "in HU" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task What_does_not_fit_is_an_error_that_says_what_to_do(string method, string keys, string encoder, string data, string expected)
    {
        using var host = new HostFixture();
        host.Write("words.json", "{}");
        string file = host.Write("wrong.toml", Experiment(method, keys, encoder, data));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("validate", file));
        Assert.Contains(expected, string.Concat(host.Output, host.Error).ReplaceLineEndings(" "));
    }

    [Theory]
    [InlineData("sup", "contrastive_weight = 0.0", Swin, "crop = 64\nvolumes = 1\ncrops_per_volume = 1")]
    [InlineData("transvw", "", Unet, "crop = 16\nvolumes = 1\ncrops_per_volume = 1")]
    [InlineData("vox2vec", "view_size = [32, 32, 16]", Fpn, "crop = [32, 48, 16]")]
    [InlineData("voco", "", Swin, "crop = [96, 96, 48]\nresize = [96, 96, 48]")]
    public async Task What_fits_is_accepted(string method, string keys, string encoder, string data)
    {
        using var host = new HostFixture();
        int code = await host.RunAsync("validate", host.Write("right.toml", Experiment(method, keys, encoder, data)));
        Assert.True(code == ExitCodes.Done, host.Output + host.Error);
    }

    private static string Experiment(string method, string keys, string encoder, string data) => $"""
        name = "pretext"

        [encoder]
        {encoder}

        [pretrain]
        steps = 3

        [pretrain.decoder]
        plugin = "{method}"
        {keys}

        [pretrain.data]
        plugin = "phantom"
        {data}
        """;
}
