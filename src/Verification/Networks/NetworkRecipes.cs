using System.Globalization;
using HiEndMae.Engine.Weights;

namespace HiEndMae.Verification.Networks;

/// <summary>Creates the config of a golden's network from its metadata, with the sizes given there. It does not depend on particular files.</summary>
internal static class NetworkRecipes
{
    private const int GenesisWidth = 32;

    /// <summary>Returns the recipe of a golden's network.</summary>
    /// <exception cref="CheckpointException">The golden uses an unknown network, or does not describe it completely.</exception>
    public static NetworkRecipe Of(GoldenFile golden) => golden.Text("network") switch
    {
        "swin_unetr" => Swin(golden),
        "unet3d_genesis" => Genesis(golden, skips: true, "batch-always"),
        "unet3d_prlv2" => Genesis(golden, skips: false, UnetNorm(golden)),
        "unet3d_gvsl" => Gvsl(golden),
        "mednext" => MedNext(golden),
        "mit_unimiss" => Mit(golden),
        "hyspark" => HySpark(golden),
        "vox2vec" => Vox2Vec(golden),
        var other => throw new CheckpointException($"The golden '{golden.Path}' is of the network '{other}', which is not known here."),
    };

    private static NetworkRecipe Swin(GoldenFile golden) => new(
        $"""
        plugin = "swin"
        feature_size = {golden.Int("feature_size")}
        depths = {List(golden, "depths")}
        num_heads = {List(golden, "num_heads")}
        window_size = {golden.Int("window")}
        downsample = "{golden.Text("downsample")}"
        use_v2 = {golden.Text("use_v2").ToLowerInvariant()}
        """,
        """plugin = "swin-unetr" """,
        [
            (@"layers1_block(\d+)", new("encoder.stages.0.blocks.$1", FeatureForm.Rows)),
            (@"layers2_block(\d+)", new("encoder.stages.1.blocks.$1", FeatureForm.Rows)),
            (@"layers3_block(\d+)", new("encoder.stages.2.blocks.$1", FeatureForm.Rows)),
            (@"layers4_block(\d+)", new("encoder.stages.3.blocks.$1", FeatureForm.Rows)),
            (@"swin_(\d)", new("level.$1")),
            (@"(encoder\d+)", new("head.skips.$1")),
            (@"(decoder\d)", new("head.$1")),
        ]);

    private static NetworkRecipe Genesis(GoldenFile golden, bool skips, string norm)
    {
        long width = golden.Int("width");
        return new(
            $"""
            plugin = "unet3d"
            widths = [{string.Join(", ", ((int[])[64, 128, 256, 512]).Select(full => full * width / GenesisWidth))}]
            norm = "{norm}"
            skips = {(skips ? "true" : "false")}
            """,
            $"""
            plugin = "unet"
            activation = "{golden.Text("output_activation")}"
            level_heads = {(skips ? "false" : "true")}
            """,
            [
                ("down64", new("encoder.down.0")), ("down128", new("encoder.down.1")), ("down256", new("encoder.down.2")), ("down512", new("encoder.down.3")),
                ("up256", new("encoder.up.0")), ("up128", new("encoder.up.1")), ("up64", new("encoder.up.2")),
            ]);
    }

    private static NetworkRecipe Gvsl(GoldenFile golden)
    {
        string[] widths = Numbers(golden, "widths");
        int levels = (widths.Length + 1) / 2;
        return new(
            $"""
            plugin = "unet3d"
            widths = [{string.Join(", ", widths.Take(levels))}]
            up_widths = [{string.Join(", ", widths.Skip(levels))}]
            half_width_first = false
            norm = "group"
            negative_slope = 0.2
            upsampling = "trilinear"
            skip_first = true
            pad_crops = true
            """,
            $"""
            plugin = "unet"
            kernel_size = 3
            activation = "{golden.Text("output_activation")}"
            """,
            [
                ("inc", new("encoder.down.0")), (@"down(\d)", new("encoder.down.$1")),
                ("up1", new("encoder.up.0")), ("up2", new("encoder.up.1")), ("up3", new("encoder.up.2")), ("up4", new("encoder.up.3")),
            ]);
    }

    private static NetworkRecipe MedNext(GoldenFile golden)
    {
        (string[] ratios, string[] counts, bool spark) = (Numbers(golden, "exp_r"), Numbers(golden, "block_counts"), golden.Text("variant") == "spark");
        string both = $"""
            kernel_size = {golden.Int("kernel_size")}
            norm = "{(spark ? "layer" : "group")}"
            """;
        return new(
            $"""
            plugin = "mednext"
            num_channels = {golden.Int("n_channels")}
            exp_ratios = [{string.Join(", ", ratios.Take(5))}]
            block_counts = [{string.Join(", ", counts.Take(5))}]
            dummy_tensor = {(spark ? "false" : "true")}
            {both}
            """,
            $"""
            plugin = "mednext"
            exp_ratios = [{string.Join(", ", ratios.Skip(5))}]
            block_counts = [{string.Join(", ", counts.Skip(5))}]
            {both}
            """,
            [
                (@"enc_(\d)", new("level.$1")), ("bottleneck", new("level.4")),
                ("up_3", new("head.up.0")), ("up_2", new("head.up.1")), ("up_1", new("head.up.2")), ("up_0", new("head.up.3")),
                ("dec_3", new("head.levels.0.last")), ("dec_2", new("head.levels.1.last")), ("dec_1", new("head.levels.2.last")), ("dec_0", new("head.levels.3.last")),
            ]);
    }

    private static NetworkRecipe Mit(GoldenFile golden) => new(
        $"""
        plugin = "mit"
        stem_channels = {Numbers(golden, "decoder_dims")[^1]}
        embed_dims = {List(golden, "encoder_dims")}
        depths = {List(golden, "encoder_depths")}
        num_heads = {List(golden, "encoder_heads")}
        sr_ratios = {List(golden, "encoder_sr")}
        decoder_depths = {List(golden, "decoder_depths")}
        decoder_num_heads = {List(golden, "decoder_heads")}
        decoder_sr_ratios = {List(golden, "decoder_sr")}
        """,
        """plugin = "mit" """,
        [
            ("encoder_0", new("level.0")),
            ("encoder_1", new("encoder.stages.0.blocks.last", FeatureForm.Rows)), ("encoder_2", new("encoder.stages.1.blocks.last", FeatureForm.Rows)),
            ("encoder_3", new("encoder.stages.2.blocks.last", FeatureForm.Rows)), ("encoder_4_tokens", new("encoder.stages.3.blocks.last", FeatureForm.Tokens)),
            ("stage3_de", new("head.mix")),
            ("ds0", new("head.supervised.0", AppliedTo: "level.3")), ("ds1", new("head.supervised.1", AppliedTo: "level.2")), ("ds2", new("head.supervised.2", AppliedTo: "level.1")),
            ("ds3", new("head.supervised.3", AppliedTo: "head.mix")),
        ]);

    private static NetworkRecipe HySpark(GoldenFile golden)
    {
        string[] ratios = Numbers(golden, "exp_r");
        return new(
            $"""
            plugin = "hybrid"
            widths = {List(golden, "widths")}
            block_counts = {List(golden, "conv_depths")}
            exp_ratios = {List(golden, "exp_r")}
            kernel_size = {golden.Int("kernel_size")}
            vit_depth = {golden.Int("vit_depth")}
            vit_heads = {golden.Int("vit_heads")}
            mlp_ratio = {golden.Double("mlp_ratio").ToString(CultureInfo.InvariantCulture)}
            """,
            $"""
            plugin = "hybrid"
            num_channels = {Numbers(golden, "widths")[0]}
            exp_ratios = [{string.Join(", ", ratios.Skip(1))}]
            kernel_size = {golden.Int("kernel_size")}
            """,
            [
                ("x1", new("level.0")), ("x2", new("level.1")), ("x3", new("level.2")), ("x4", new("level.3")), ("x5", new("encoder.levels.4.last")), ("vit", new("level.4")),
                ("d4", new("head.steps.0")), ("d3", new("head.steps.1")), ("d2", new("head.steps.2")), ("d1", new("head.steps.3")),
            ]);
    }

    private static NetworkRecipe Vox2Vec(GoldenFile golden) => new(
        $"""
        plugin = "vox2vec-fpn"
        base_channels = {golden.Int("base_channels")}
        num_scales = {golden.Int("num_scales")}
        """,
        """
        plugin = "linear-probe"
        freeze_encoder = false
        """,
        [(@"pyramid_(\d)", new("level.$1"))]);

    private static string UnetNorm(GoldenFile golden) => golden.Text("norm") switch
    {
        "bn" => "batch",
        "in" => "instance",
        "gn" => "group",
        var other => throw new CheckpointException($"The golden '{golden.Path}' says norm = '{other}', which is not known here."),
    };

    private static string[] Numbers(GoldenFile golden, string key) => golden.Text(key).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string List(GoldenFile golden, string key) => $"[{string.Join(", ", Numbers(golden, key))}]";
}
