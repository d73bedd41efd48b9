// Mistakes made on purpose: each must move the numbers far beyond the tolerance of vae_parity_test.cpp, or
// that test would not notice it. A mistake is made in a copy of the checkpoint where possible: swapping two
// halves of a weight is the same as swapping what they make.
#include "models/wan/vae.h"
#include "parity/checkpoint_copy.h"
#include "parity/one_pass_vae.h"
#include "support/parity.h"

#include <cmath>
#include <filesystem>
#include <functional>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

#include <ATen/ATen.h>

namespace rushes::wan {
namespace {

constexpr double tolerance = 1e-5;

/// A folder that goes away with the test.
class TemporaryFolder {
public:
    TemporaryFolder()
        : path_(std::filesystem::path(testing::TempDir()) / ("rushes-vae-" + std::to_string(::getpid()))) {}

    ~TemporaryFolder() { std::filesystem::remove_all(path_); }

    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

using Change = std::function<void(CheckpointCopy&)>;

/// Applies `change` to every weight whose name ends so.
Change each(const std::string& suffix, const std::function<at::Tensor(const at::Tensor&)>& change) {
    return [=](CheckpointCopy& copy) {
        for (auto& [name, tensor] : copy.weights) {
            if (name.ends_with(suffix)) {
                tensor = change(tensor);
            }
        }
    };
}

at::Tensor halves_swapped(const at::Tensor& x) {
    const std::vector<at::Tensor> halves = x.chunk(2, 0);
    return at::cat({halves[1], halves[0]});
}

/// Output channels (c, column, row) in the order (c, row, column).
at::Tensor patch_transposed(const at::Tensor& x) {
    std::vector<std::int64_t> order;
    for (std::int64_t c = 0; c < x.size(0); ++c) {
        order.push_back(c / 4 * 4 + c % 2 * 2 + c / 2 % 2);
    }
    return x.index_select(0, at::tensor(order));
}

Change upsample_interleave_swapped() {
    return [](CheckpointCopy& copy) {
        for (auto& [name, tensor] : copy.weights) {
            if (name.starts_with("decoder") && name.find("time_conv") != std::string::npos) {
                tensor = halves_swapped(tensor);
            }
        }
    };
}

/// Queries times the root of the channels: what is left when scores are not divided by it.
Change attention_scale_left_out() {
    return [](CheckpointCopy& copy) {
        for (auto& [name, tensor] : copy.weights) {
            if (name.find("to_qkv") != std::string::npos) {
                const std::int64_t channels = tensor.size(0) / 3;
                tensor.narrow(0, 0, channels).mul_(std::sqrt(static_cast<double>(channels)));
            }
        }
    };
}

Change config_value(const std::string& key, const nlohmann::json& value) {
    return [=](CheckpointCopy& copy) { copy.config[key] = value; };
}

at::Tensor latents_of(const VaeConfig& config) {
    return at::randn(
        {1, config.z_dim, 4, 2, 3}, at::make_generator<at::CPUGeneratorImpl>(std::uint64_t{3}), at::kFloat
    );
}

using BetweenPieces = std::function<void(ClipMemory&)>;

at::Tensor decode(
    const Vae& vae, const at::Tensor& latents, const BetweenPieces& disturb = {}, bool first_known = true
) {
    ClipMemory memory;
    std::vector<at::Tensor> pieces;
    for (std::int64_t i = 0; i < latents.size(2); ++i) {
        const at::Tensor z = vae.denormalised(latents.select(2, i).permute({0, 2, 3, 1}));
        pieces.push_back(vae.decoder_network().forward(z, {memory, i == 0 && first_known, {}, nullptr}));
        if (disturb) {
            disturb(memory);
        }
    }
    return at::cat(pieces);
}

struct Mistake {
    const char* name;
    const char* fixture;
    Change change;
};

void PrintTo(const Mistake& mistake, std::ostream* out) {
    *out << mistake.name;
}

class DecoderMistake : public testing::TestWithParam<Mistake> {};

TEST_P(DecoderMistake, Shows) {
    const std::filesystem::path right = test::fixture_path("vae") / GetParam().fixture;
    CheckpointCopy copy(right);
    GetParam().change(copy);
    const TemporaryFolder folder;
    copy.write(folder.path());

    const auto vae = Vae::load(right, {}, VaeParts::both);
    const auto wrong = Vae::load(folder.path(), {}, VaeParts::both);
    const at::Tensor latents = latents_of(vae->config());
    EXPECT_GT(test::parity_error(decode(*wrong, latents), decode(*vae, latents)), 100 * tolerance);
}

const std::vector<double> zeros(5, 0.0);
const std::vector<double> ones(5, 1.0);

INSTANTIATE_TEST_SUITE_P(
    Table,
    DecoderMistake,
    testing::Values(
        Mistake{"interleave_swapped_21", "wan21", upsample_interleave_swapped()},
        Mistake{"interleave_swapped_22", "wan22", upsample_interleave_swapped()},
        Mistake{
            "gamma_dropped", "wan21", each("gamma", [](const at::Tensor& x) { return at::ones_like(x); })
        },
        Mistake{
            "norm_without_root_of_channels",
            "wan21",
            each("gamma", [](const at::Tensor& x) { return x / std::sqrt(static_cast<double>(x.numel())); })
        },
        Mistake{
            "one_norm_gain_dropped",
            "wan22",
            each("norm_out.gamma", [](const at::Tensor& x) { return at::ones_like(x); })
        },
        Mistake{
            "bias_dropped", "wan22", each("conv1.bias", [](const at::Tensor& x) { return at::zeros_like(x); })
        },
        Mistake{
            "shortcut_dropped",
            "wan21",
            each("conv_shortcut.weight", [](const at::Tensor& x) { return at::zeros_like(x); })
        },
        Mistake{"attention_scale_left_out", "wan21", attention_scale_left_out()},
        Mistake{
            "attention_left_out",
            "wan22",
            each("proj.weight", [](const at::Tensor& x) { return at::zeros_like(x); })
        },
        Mistake{
            "time_taps_reversed",
            "wan21",
            each("conv1.weight", [](const at::Tensor& x) { return x.flip({2}); })
        },
        Mistake{
            "rows_and_columns_swapped",
            "wan21",
            each("conv2.weight", [](const at::Tensor& x) { return x.transpose(3, 4); })
        },
        Mistake{
            "post_quant_conv_left_out",
            "wan21",
            each(
                "post_quant_conv.weight",
                [](const at::Tensor& x) { return at::eye(x.size(0)).view(x.sizes()); }
            )
        },
        Mistake{"patch_order", "wan22", each("decoder.conv_out.weight", patch_transposed)},
        Mistake{"latents_std_forgotten", "wan22", config_value("latents_std", ones)},
        Mistake{"latents_mean_forgotten", "wan22", config_value("latents_mean", zeros)}
    ),
    [](const auto& test) { return std::string(test.param.name); }
);

class DecoderPieces : public testing::TestWithParam<const char*> {
protected:
    std::shared_ptr<const Vae> vae_ = Vae::load(test::fixture_path("vae") / GetParam(), {}, VaeParts::both);
    at::Tensor latents_ = latents_of(vae_->config());
    at::Tensor right_ = decode(*vae_, latents_);
};

TEST_P(DecoderPieces, OneCachedFrameInsteadOfTwoShows) {
    const at::Tensor wrong = decode(*vae_, latents_, [](ClipMemory& memory) {
        for (const at::Tensor& past : memory.all()) {
            past.select(0, 0).zero_();
        }
    });
    EXPECT_GT(test::parity_error(wrong, right_), 100 * tolerance);
}

TEST_P(DecoderPieces, AForgottenPastShows) {
    const at::Tensor wrong = decode(*vae_, latents_, [](ClipMemory& memory) { memory = {}; });
    EXPECT_GT(test::parity_error(wrong, right_), 100 * tolerance);
}

TEST_P(DecoderPieces, CachedFramesInTheWrongOrderShow) {
    const at::Tensor wrong = decode(*vae_, latents_, [](ClipMemory& memory) {
        for (at::Tensor past : memory.all()) {
            past.copy_(past.flip({0}));
        }
    });
    EXPECT_GT(test::parity_error(wrong, right_), 100 * tolerance);
}

TEST_P(DecoderPieces, AFirstPieceTreatedLikeTheOthersShows) {
    const at::Tensor wrong = decode(*vae_, latents_, {}, /*first_known=*/false);
    EXPECT_GT(test::parity_error(wrong, right_), 100 * tolerance);
}

/// The first frame under replicated instead of zero padding in time: every tap sees it.
TEST_P(DecoderPieces, ReplicatedPaddingShows) {
    CheckpointCopy copy(test::fixture_path("vae") / GetParam());
    for (auto& [name, tensor] : copy.weights) {
        if (tensor.dim() == 5 && tensor.size(2) == 3 && name.find("time_conv") == std::string::npos) {
            tensor.select(2, 2).copy_(tensor.sum(2));
        }
    }
    const TemporaryFolder folder;
    copy.write(folder.path());
    const auto replicating = Vae::load(folder.path(), {}, VaeParts::both);
    const at::Tensor first = latents_.narrow(2, 0, 1);
    EXPECT_GT(test::parity_error(decode(*replicating, first), right_.narrow(0, 0, 1)), 100 * tolerance);
}

INSTANTIATE_TEST_SUITE_P(Layouts, DecoderPieces, testing::Values("wan21", "wan22"), [](const auto& test) {
    return std::string(test.param);
});

} // namespace
} // namespace rushes::wan
